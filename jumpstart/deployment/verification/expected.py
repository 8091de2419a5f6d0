"""What the inputs of a record must have led to, worked out again from the inputs alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from eth_abi.abi import encode
from eth_utils.address import to_canonical_address

from jumpstart.accounts import checksummed
from jumpstart.chain.abi import calldata, constructor_arguments
from jumpstart.chain.addresses import clone_address
from jumpstart.chain.blueprint import PARTS, Blueprint
from jumpstart.chain.client import Chain
from jumpstart.chain.compiler import Artifact
from jumpstart.chain.factory import (
    FACTORY,
    FACTORY_COST,
    FACTORY_MAKER,
    FACTORY_TRANSACTION,
    Creation,
)
from jumpstart.chain.platform import Platform
from jumpstart.errors import InputError, located
from jumpstart.hashing import keccak256
from jumpstart.review import ReviewRules
from jumpstart.terms import ListingTerms
from jumpstart.writing import unplain

FACTORY_STEPS: Final = ("fund-factory", "create-factory")
CREATOR: Final = "LaunchpadCreator"


@dataclass(frozen=True, kw_only=True)
class ExpectedContract:
    """`arguments` of the constructor, or what the code of a clone ends with."""

    name: str
    address: str
    arguments: bytes
    implementation: str | None
    step: str


@dataclass(frozen=True, kw_only=True)
class ExpectedStep:
    """What was sent; `hash` where even that is known before. No `to`: nothing, it is a gate."""

    key: str
    results: Mapping[str, str]
    to: str | None = None
    value: int = 0
    data: bytes = b""
    hash: str | None = None


@dataclass(frozen=True, kw_only=True)
class ExpectedPlatform:
    """A platform by its inputs."""

    title: str
    sender: str
    rules: ReviewRules
    chair: str
    guardian: str
    reviewers: tuple[str, ...]
    blueprint: Blueprint
    contracts: tuple[ExpectedContract, ...]
    steps: tuple[ExpectedStep, ...]


@dataclass(frozen=True, kw_only=True)
class ExpectedSale:
    """A sale by its inputs, and the number of its application, which the chain gave."""

    title: str
    sender: str
    listing: ListingTerms
    application: int
    terms_hash: bytes
    """As the inputs say it."""
    platform: Platform
    dossier_uri: str
    dossier_sha256: bytes
    creation: Creation | None
    sale: str
    escrow: str
    contracts: tuple[ExpectedContract, ...]
    steps: tuple[ExpectedStep, ...]


def expected_platform(
    inputs: Mapping[str, Any], artifacts: Mapping[str, Artifact]
) -> ExpectedPlatform:
    """Raises `InputError` naming the input that is malformed or missing."""
    fields = (
        "kind",
        "title",
        "chainId",
        "sender",
        "rules",
        "chair",
        "guardian",
        "reviewers",
        "salt",
    )
    _require(inputs, fields)
    rules: ReviewRules = _read("rules", ReviewRules, inputs)
    rules.check()
    roles: tuple[bytes, ...] = tuple(
        _address(name, inputs[name]) for name in ("sender", "chair", "guardian")
    )
    sender, chair, guardian = map(checksummed, roles)
    reviewers = tuple(map(checksummed, _read("reviewers", tuple[bytes, ...], inputs)))
    blueprint = Blueprint.drawn(
        artifacts,
        owner=sender,
        rules=rules,
        chair=chair,
        guardian=guardian,
        reviewers=reviewers,
        salt=_hash("salt", inputs["salt"]),
    )
    creations = blueprint.creations
    contracts = [
        ExpectedContract(
            name=name,
            address=creation.address,
            arguments=constructor_arguments(creation.artifact, *creation.args),
            implementation=None,
            step=f"create-{name}",
        )
        for name, creation in creations.items()
    ]
    launchpad = ExpectedContract(
        name="Launchpad",
        address=blueprint.launchpad,
        arguments=encode(["address"] * len(PARTS), blueprint.parts),
        implementation=None,
        step="create-launchpad",
    )
    return ExpectedPlatform(
        title=inputs["title"],
        sender=sender,
        rules=rules,
        chair=chair,
        guardian=guardian,
        reviewers=reviewers,
        blueprint=blueprint,
        contracts=(*contracts, launchpad),
        steps=(
            *_factory_steps(),
            *(_creation(f"create-{name}", creation) for name, creation in creations.items()),
            ExpectedStep(
                key=launchpad.step,
                results={"address": launchpad.address},
                to=creations[CREATOR].address,
                data=calldata(artifacts[CREATOR], "create", *blueprint.parts),
            ),
        ),
    )


def expected_sale(inputs: Mapping[str, Any], application: int, chain: Chain) -> ExpectedSale:
    """Raises `InputError` naming the input that is malformed or missing, or that the chain has no
    platform for.
    """
    fields = (
        *("kind", "title", "chainId", "sender", "launchpad", "dossierUri", "dossierSha256"),
        *("createdToken", "termsHash", "terms"),
    )
    _require(inputs, fields)
    artifacts = chain.artifacts
    listing: ListingTerms = _read("terms", ListingTerms, inputs)
    sender = checksummed(_address("sender", inputs["sender"]))
    platform = Platform.at(chain, checksummed(_address("launchpad", inputs["launchpad"])))
    dossier = _hash("dossierSha256", inputs["dossierSha256"])
    creation = _token(inputs["createdToken"], artifacts, sender)
    bond = platform.review.call("rules").bond
    sale = platform.sale_at(application, listing).address
    raw_sale = to_canonical_address(sale)
    escrow_code = platform.escrow_implementation.address
    escrow = clone_address(platform.launchpad.address, escrow_code, raw_sale)
    contracts = [
        ExpectedContract(
            name="SubscriptionSale",
            address=sale,
            arguments=listing.packed(application),
            implementation=platform.sale_implementation.address,
            step="list",
        ),
        ExpectedContract(
            name="ProceedsEscrow",
            address=escrow,
            arguments=raw_sale,
            implementation=escrow_code,
            step="list",
        ),
    ]
    steps: list[ExpectedStep] = []
    if creation is not None:
        contracts.insert(
            0,
            ExpectedContract(
                name="ProjectToken",
                address=creation.address,
                arguments=constructor_arguments(creation.artifact, *creation.args),
                implementation=None,
                step="create-token",
            ),
        )
        steps += [*_factory_steps(), _creation("create-token", creation)]
    token = artifacts["ProjectToken"]
    supply = listing.sale.supply + sum(each.amount for each in listing.allocations)
    review, launchpad = platform.review, platform.launchpad
    if bond:
        steps.append(
            ExpectedStep(
                key="approve-bond",
                results={},
                to=platform.bond_token.address,
                data=calldata(token, "approve", review.address, bond),
            )
        )
    steps += [
        ExpectedStep(
            key="apply",
            results={"application": str(application)},
            to=review.address,
            data=calldata(
                review.artifact, "submit", inputs["dossierUri"], dossier, listing.terms_hash
            ),
        ),
        ExpectedStep(key="approval", results={}),
        ExpectedStep(
            key="approve-tokens",
            results={},
            to=checksummed(listing.sale.deal.sale_token),
            data=calldata(token, "approve", launchpad.address, supply),
        ),
        ExpectedStep(
            key="list",
            results={"sale": sale, "escrow": escrow},
            to=launchpad.address,
            data=calldata(launchpad.artifact, "list", application, listing.struct),
        ),
    ]
    return ExpectedSale(
        title=inputs["title"],
        sender=sender,
        listing=listing,
        application=application,
        terms_hash=_hash("termsHash", inputs["termsHash"]),
        platform=platform,
        dossier_uri=inputs["dossierUri"],
        dossier_sha256=dossier,
        creation=creation,
        sale=sale,
        escrow=escrow,
        contracts=tuple(contracts),
        steps=tuple(steps),
    )


def _factory_steps() -> tuple[ExpectedStep, ExpectedStep]:
    fund, create = FACTORY_STEPS
    return (
        ExpectedStep(key=fund, results={}, to=FACTORY_MAKER, value=FACTORY_COST),
        ExpectedStep(
            key=create,
            results={"address": FACTORY},
            to=FACTORY_MAKER,
            hash="0x" + keccak256(FACTORY_TRANSACTION).hex(),
        ),
    )


def _creation(key: str, creation: Creation) -> ExpectedStep:
    return ExpectedStep(
        key=key, results={"address": creation.address}, to=FACTORY, data=creation.calldata
    )


def _token(written: Any, artifacts: Mapping[str, Artifact], holder: str) -> Creation | None:
    if written is None:
        return None
    with located("inputs.createdToken"):
        _require(written, ("name", "symbol", "decimals", "supply"))
        decimals, supply = (unplain(int, written[name]) for name in ("decimals", "supply"))
        return Creation.of(
            artifacts["ProjectToken"], written["name"], written["symbol"], decimals, supply, holder
        )


def _require(inputs: Any, fields: tuple[str, ...]) -> None:
    if not isinstance(inputs, Mapping) or set(inputs) != set(fields):
        given = ", ".join(inputs) if isinstance(inputs, Mapping) else repr(inputs)
        raise InputError(f"inputs: expected {', '.join(fields)}; found {given}")
    for name in ("title", "dossierUri", "name", "symbol"):
        if name in fields and not isinstance(inputs[name], str):
            raise InputError(f"inputs.{name}: {inputs[name]!r} is no text")


def _read(name: str, kind: Any, inputs: Mapping[str, Any]) -> Any:
    with located(f"inputs.{name}"):
        return unplain(kind, inputs[name])


def _address(name: str, text: Any) -> bytes:
    found: bytes = _read(name, bytes, {name: text})
    if len(found) != 20:  # of an address
        raise InputError(f"inputs.{name}: {text} is no address")
    return found


def _hash(name: str, text: Any) -> bytes:
    found: bytes = _read(name, bytes, {name: text})
    if len(found) != 32:  # of a hash
        raise InputError(f"inputs.{name}: {text} is not 32 bytes")
    return found
