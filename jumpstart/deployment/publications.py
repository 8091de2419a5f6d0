"""What of a deployment is published: the contracts of its record, and which of them are clones."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

from pydantic import ConfigDict, Field

from jumpstart.chain.client import Chain
from jumpstart.chain.compiler import Report, compile_contracts
from jumpstart.deployment import record as records
from jumpstart.errors import CheckError, InputError, located
from jumpstart.explorers import Publication
from jumpstart.files import read_text
from jumpstart.hashing import keccak256
from jumpstart.models import Model, validated

_ADDRESS: Final = r"^0x[0-9a-fA-F]{40}$"


@dataclass(frozen=True, kw_only=True)
class Clone:
    """A contract whose code is a pointer to another's, and terms: no compiler makes it, so nobody can
    verify it. Explorers know the pattern and show the source of the implementation.
    """

    name: str
    address: str
    implementation: str


class _Part(Model):
    """Of a record only what matters here; the rest is for `verify`."""

    model_config = ConfigDict(extra="ignore")


class _Contract(_Part):
    """A clone has an implementation, and no arguments of a constructor."""

    name: str
    address: Annotated[str, Field(pattern=_ADDRESS)]
    codeHash: Annotated[str, Field(pattern=r"^0x[0-9a-f]{64}$")]  # noqa: N815
    implementation: Annotated[str, Field(pattern=_ADDRESS)] | None = None
    constructorArguments: Annotated[str, Field(pattern=r"^0x([0-9a-fA-F]{2})*$")] = "0x"  # noqa: N815
    transaction: Annotated[str, Field(pattern=r"^0x[0-9a-f]{64}$")] | None = None


class _Compiler(_Part):
    inputSha256: str  # noqa: N815 (as the record spells it)


class _Record(_Part):
    chainId: Annotated[int, Field(ge=1, strict=True)]  # noqa: N815
    compiler: _Compiler
    contracts: tuple[_Contract, ...]


def read_publications(path: Path, *, report: Report | None = None) -> list[Publication | Clone]:
    """Every contract of the record in its order. `report` is the compiler's.

    Raises `InputError` for what is no record, naming the field, and `CheckError` when the record,
    the compiler's input beside it and the sources do not agree.
    """
    record = _read(path)
    beside = path.parent / records.COMPILER_INPUT
    with located(str(beside)):
        text = read_text(beside)
    found, expected = hashlib.sha256(text.encode()).hexdigest(), record.compiler.inputSha256
    if found != expected:
        raise CheckError(f"{beside}: SHA-256 {found}, the record says {expected}")
    if text != records.compiler_input():
        raise CheckError(
            f"{beside}: not the sources of this checkout; publish from the one that deployed"
        )
    standard_input = json.loads(text)
    artifacts = compile_contracts(report=report)
    publications: list[Publication | Clone] = []
    for row, contract in enumerate(record.contracts):
        if contract.implementation is not None:
            publications.append(
                Clone(
                    name=contract.name,
                    address=contract.address,
                    implementation=contract.implementation,
                )
            )
            continue
        if contract.name not in artifacts:
            raise InputError(f"{path}: contracts[{row}].name: there is no {contract.name}")
        publications.append(
            Publication.of(
                artifacts[contract.name],
                standard_input,
                chain_id=record.chainId,
                address=contract.address,
                constructor_arguments=bytes.fromhex(contract.constructorArguments[2:]),
                transaction=contract.transaction,
            )
        )
    return publications


def check_deployed(path: Path, chain: Chain) -> None:
    """That the record's contracts stand on this chain with the record's code.

    Raises `CheckError` for another chain, and for the first contract whose code is another.
    """
    record = _read(path)
    if chain.chain_id != record.chainId:
        raise CheckError(f"the record is of chain {record.chainId}, the node is {chain.chain_id}")
    for contract in record.contracts:
        code = chain.code(contract.address)
        found = "0x" + keccak256(code).hex() if code else "none"
        if found != contract.codeHash:
            raise CheckError(
                f"{contract.name} at {contract.address}: the hash of its code is {found}, "
                f"the record says {contract.codeHash}"
            )


def _read(path: Path) -> _Record:
    content = records.read(path)
    with located(str(path)):
        return validated(_Record, content)
