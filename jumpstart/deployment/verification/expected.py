"""What follows from the inputs: contracts, transactions, results.

Written from what a deployment is, not with the code that deploys.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from eth_abi.abi import encode
from eth_utils.address import to_canonical_address

from jumpstart.accounts import checksummed
from jumpstart.chain.abi import calldata, constructor_arguments
from jumpstart.chain.addresses import clone_address
from jumpstart.chain.blueprint import PARTS, Blueprint
from jumpstart.chain.compiler import Artifact
from jumpstart.chain.factory import (
    FACTORY,
    FACTORY_CODE,
    FACTORY_COST,
    FACTORY_MAKER,
    Creation,
)
from jumpstart.deployment.steps import Contracted
from jumpstart.deployment.verification.inputs import PlatformInputs, SaleInputs
from jumpstart.errors import InputError

APPLY: Final = "apply"
LIST: Final = "list"
GATE: Final = "approval"


@dataclass(frozen=True, kw_only=True)
class Sent:
    """A transaction as it must have been sent. `to` None: it creates a contract."""

    sender: str
    to: str | None
    data: bytes
    value: int = 0


@dataclass(frozen=True, kw_only=True)
class Expected:
    """`sent` has every step in its order, None for what is no transaction of the deployment."""

    contracts: tuple[Contracted, ...]
    sent: Mapping[str, Sent | None]
    results: Mapping[str, Mapping[str, Any]]
    gates: tuple[str, ...] = ()

    def address_of(self, name: str) -> str:
        """The address of the contract of this name."""
        return next(each.address for each in self.contracts if each.name == name)


@dataclass(frozen=True, kw_only=True)
class Front:
    """The platform of a sale, as its launchpad names it. `bond` in base units of `bond_token`."""

    launchpad: str
    parts: Mapping[str, str]
    """By the names of `PARTS`."""
    bond: int
    bond_token: str


def blueprint_of(inputs: PlatformInputs, artifacts: Mapping[str, Artifact]) -> Blueprint:
    return Blueprint.drawn(
        artifacts,
        owner=checksummed(inputs.sender),
        rules=inputs.rules,
        chair=checksummed(inputs.chair),
        guardian=checksummed(inputs.guardian),
        reviewers=[checksummed(each) for each in inputs.reviewers],
        salt=inputs.salt,
    )


def platform_expected(inputs: PlatformInputs, artifacts: Mapping[str, Artifact]) -> Expected:
    """What a platform's deployment must have left."""
    sender, blueprint = checksummed(inputs.sender), blueprint_of(inputs, artifacts)
    creator = blueprint.creations["LaunchpadCreator"]
    contracts = [
        Contracted(
            name=name,
            address=creation.address,
            step=f"create-{name}",
            arguments=constructor_arguments(creation.artifact, *creation.args),
        )
        for name, creation in blueprint.creations.items()
    ]
    launchpad = Contracted(
        name="Launchpad",
        address=blueprint.launchpad,
        step="create-launchpad",
        arguments=encode(["address"] * len(PARTS), blueprint.parts),
    )
    created = {f"create-{name}": creation for name, creation in blueprint.creations.items()}
    return Expected(
        contracts=(*contracts, launchpad),
        sent={
            **_factory_sent(sender),
            **{key: _created(sender, creation) for key, creation in created.items()},
            launchpad.step: Sent(
                sender=sender,
                to=creator.address,
                data=calldata(creator.artifact, "create", *blueprint.parts),
            ),
        },
        results={
            **_FACTORY_RESULTS,
            **{key: {"address": creation.address} for key, creation in created.items()},
            launchpad.step: {"address": blueprint.launchpad},
        },
    )


def sale_expected(
    inputs: SaleInputs, artifacts: Mapping[str, Artifact], front: Front, number: int
) -> Expected:
    """What a sale's deployment must have left, when its application has this number.

    Raises `TermsError` for a number that none can have.
    """
    sender, terms, launchpad = checksummed(inputs.sender), inputs.terms, front.launchpad
    sale_token = checksummed(terms.sale.deal.sale_token)
    packed, implementation = terms.packed(number), front.parts["SubscriptionSale"]
    sale = clone_address(launchpad, implementation, packed)
    sale_bytes = to_canonical_address(sale)
    escrow = clone_address(launchpad, front.parts["ProceedsEscrow"], sale_bytes)
    contracts = [
        Contracted(
            name="SubscriptionSale",
            address=sale,
            step=LIST,
            arguments=packed,
            implementation=implementation,
        ),
        Contracted(
            name="ProceedsEscrow",
            address=escrow,
            step=LIST,
            arguments=sale_bytes,
            implementation=front.parts["ProceedsEscrow"],
        ),
    ]
    sent: dict[str, Sent | None] = {}
    results: dict[str, Mapping[str, Any]] = {}
    creation = token_creation(inputs, artifacts)
    if creation is not None:
        token = Contracted(
            name="ProjectToken",
            address=creation.address,
            step="create-token",
            arguments=constructor_arguments(creation.artifact, *creation.args),
        )
        contracts.insert(0, token)
        sent |= {**_factory_sent(sender), token.step: _created(sender, creation)}
        results |= {**_FACTORY_RESULTS, token.step: {"address": creation.address}}
    erc20, review = artifacts["ProjectToken"], front.parts["ProjectReview"]

    def approval(token: str, spender: str, amount: int) -> Sent:
        return Sent(sender=sender, to=token, data=calldata(erc20, "approve", spender, amount))

    if front.bond:
        sent["approve-bond"] = approval(front.bond_token, review, front.bond)
    dossier = inputs.dossier_uri, inputs.dossier_sha256, terms.terms_hash
    applied = calldata(artifacts["ProjectReview"], "submit", *dossier)
    listed = calldata(artifacts["Launchpad"], "list", number, terms.struct)
    sent |= {
        APPLY: Sent(sender=sender, to=review, data=applied),
        GATE: None,
        "approve-tokens": approval(sale_token, launchpad, terms.sale.supply + locked(inputs)),
        LIST: Sent(sender=sender, to=launchpad, data=listed),
    }
    return Expected(
        contracts=tuple(contracts),
        sent=sent,
        results={key: {} for key in sent}
        | results
        | {APPLY: {"application": str(number)}, LIST: {"escrow": escrow, "sale": sale}},
        gates=(GATE,),
    )


def token_creation(inputs: SaleInputs, artifacts: Mapping[str, Artifact]) -> Creation | None:
    """Of the token on sale, where the deployment makes it. Raises `InputError` when it cannot be."""
    made = inputs.created_token
    if made is None:
        return None
    if made.decimals >= 2**8 or made.supply >= 2**256:
        raise InputError(f"inputs.createdToken: {made.decimals} decimals, supply {made.supply}")
    token = artifacts["ProjectToken"]
    sender = checksummed(inputs.sender)
    return Creation.of(token, made.name, made.symbol, made.decimals, made.supply, sender)


def locked(inputs: SaleInputs) -> int:
    """Tokens that the vault gets when the sale is listed."""
    return sum(allocation.amount for allocation in inputs.terms.allocations)


_FACTORY_MAKING: Final = bytes.fromhex("604580600e600039806000f350fe")

_FACTORY_RESULTS: Final[Mapping[str, Mapping[str, Any]]] = {
    "fund-factory": {},
    "create-factory": {"address": FACTORY},
}


def _factory_sent(sender: str) -> dict[str, Sent | None]:
    return {
        "fund-factory": Sent(sender=sender, to=FACTORY_MAKER, data=b"", value=FACTORY_COST),
        "create-factory": Sent(sender=FACTORY_MAKER, to=None, data=_FACTORY_MAKING + FACTORY_CODE),
    }


def _created(sender: str, creation: Creation) -> Sent:
    return Sent(sender=sender, to=FACTORY, data=creation.calldata)
