"""Finding sources and reading the cache, without a compiler."""

from pathlib import Path

import pytest

from jumpstart.chain.compiler import Artifact, CompileError, standard_json_input
from jumpstart.errors import ToolError


def _project(root: Path, sources: dict[str, str]) -> Path:
    for name, text in sources.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def _artifact(code: bytes, *immutables: tuple[int, int]) -> Artifact:
    return Artifact(
        name="Sale",
        source="contracts/Sale.sol",
        abi=(),
        creation_code=b"\x00",
        runtime_code=code,
        immutables=immutables,
        metadata="",
        storage_layout={},
        selectors={},
    )


def test_every_imported_source_is_part_of_the_input(tmp_path: Path) -> None:
    """The cache is keyed by the input, so what it lacks could change unnoticed."""
    root = _project(
        tmp_path,
        {
            "contracts/Sale.sol": """
                import {A, B} from "../interfaces/ISale.sol";
                import "./libraries/Plain.sol";
                import * as C from '@openzeppelin/contracts/C.sol';
                import {D as d} from
                    "solady/src/D.sol";
            """,
            "contracts/libraries/Plain.sol": "",
            "interfaces/ISale.sol": "",
            "node_modules/@openzeppelin/contracts/C.sol": 'import {E} from "./utils/E.sol";',
            "node_modules/@openzeppelin/contracts/utils/E.sol": "",
            "node_modules/@openzeppelin/contracts/Unused.sol": "",
            "node_modules/solady/src/D.sol": "",
        },
    )
    assert list(standard_json_input(root)["sources"]) == [
        "contracts/Sale.sol",
        "contracts/libraries/Plain.sol",
        "interfaces/ISale.sol",
        "node_modules/@openzeppelin/contracts/C.sol",
        "node_modules/@openzeppelin/contracts/utils/E.sol",
        "node_modules/solady/src/D.sol",
    ]


def test_an_import_in_a_comment_or_a_string_is_none(tmp_path: Path) -> None:
    """Documentation shows imports, too."""
    root = _project(
        tmp_path,
        {
            "contracts/Sale.sol": """
                // import "./Gone.sol";
                /* import {X} from "./Gone.sol"; */
                contract Sale { string constant S = "import './Gone.sol';"; }
            """
        },
    )
    assert list(standard_json_input(root)["sources"]) == ["contracts/Sale.sol"]


def test_a_missing_import_is_named(tmp_path: Path) -> None:
    """A person must learn which file is missing."""
    root = _project(tmp_path, {"contracts/Sale.sol": 'import "./Gone.sol";'})
    with pytest.raises(CompileError, match=r"contracts/Gone\.sol"):
        standard_json_input(root)


def test_a_folder_without_contracts_is_refused(tmp_path: Path) -> None:
    """Compiling nothing must not look like success."""
    with pytest.raises(ToolError, match="no contracts"):
        standard_json_input(tmp_path)


def test_code_matches_whatever_its_immutables_are() -> None:
    """Two deployments of one contract differ where the constructor filled them in."""
    artifact = _artifact(bytes(6), (2, 2))
    assert artifact.matches(b"\x00\x00\xab\xcd\x00\x00")


@pytest.mark.parametrize("code", [b"\x01\x00\xab\xcd\x00\x00", bytes(5), bytes(7), b""])
def test_other_code_does_not_match(code: bytes) -> None:
    """One byte outside the immutables, or another length, is another contract."""
    artifact = _artifact(bytes(6), (2, 2))
    assert not artifact.matches(code)
