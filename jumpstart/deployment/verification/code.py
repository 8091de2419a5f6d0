"""The code on the chain against the rebuild, byte by byte."""

from collections.abc import Iterable
from dataclasses import dataclass

from jumpstart.chain.addresses import clone_code, parse_clone
from jumpstart.chain.client import Chain
from jumpstart.chain.compiler import Artifact
from jumpstart.deployment.verification.checks import Checks
from jumpstart.deployment.verification.rebuild import Rebuild, differences
from jumpstart.errors import CheckError, InputError
from jumpstart.hashing import keccak256


@dataclass(frozen=True, kw_only=True)
class Built:
    """A contract whose code is compared. `label` is its name in what is reported."""

    label: str
    artifact: Artifact
    address: str
    arguments: bytes = b""
    implementation: str | None = None


def check_codes(
    chain: Chain, block: int, rebuild: Rebuild, contracts: Iterable[Built], checks: Checks
) -> dict[str, bytes]:
    """Rebuilds each in the order given, which is that of their creation, and compares.

    Returns what was rebuilt, by address.
    """
    rebuilt: dict[str, bytes] = {}
    for each in contracts:
        what = f"code of {each.label} at {each.address}"
        found = chain.code(each.address, block)
        try:
            expected = _rebuilt(rebuild, each)
        except (CheckError, InputError) as error:
            checks.fail("code", what, "a contract that can be made", str(error))
            continue
        rebuilt[each.address] = expected
        note = "; ".join(_places(each, expected, found)) if found != expected else ""
        checks.compare("code", what, _words(expected), _words(found), note=note)
    return rebuilt


def code_hash(code: bytes) -> str:
    return "0x" + keccak256(code).hex()


def _rebuilt(rebuild: Rebuild, each: Built) -> bytes:
    if each.implementation is not None:
        return clone_code(each.implementation, each.arguments)
    return rebuild.runtime_code(each.artifact, each.arguments, each.address)


def _words(code: bytes) -> str:
    return f"{len(code)} bytes with the hash {code_hash(code)}" if code else "no code"


def _places(each: Built, expected: bytes, found: bytes) -> list[str]:
    """Where the codes differ, in words."""
    if not found:
        return []
    if each.implementation is None:
        return [f"{each.label} {place}" for place in differences(each.artifact, expected, found)]
    clone = parse_clone(found)
    if clone is None:
        return [f"{each.label} is no clone"]
    implementation, arguments = clone
    places = []
    if implementation != each.implementation:
        places.append(f"{each.label} is a clone of {implementation}")
    if arguments != each.arguments:
        pairs = zip(arguments, each.arguments, strict=False)
        same = min(len(arguments), len(each.arguments))
        first = next((place for place, (a, b) in enumerate(pairs) if a != b), same)
        places.append(
            f"{each.label} differs in the arguments behind the clone's code, from byte {first} on: "
            f"{len(arguments)} bytes, expected {len(each.arguments)}"
        )
    return places
