"""A sale on the chain against its terms: getters, roles, events, and the tokens that it was funded with."""

from collections import Counter
from typing import Any, Final

from eth_abi.abi import encode

from jumpstart.accounts import checksummed
from jumpstart.authorisations import DOMAIN_NAME
from jumpstart.chain.applications import STATUSES
from jumpstart.chain.blueprint import NOBODY
from jumpstart.chain.client import Chain, Contract, Receipt
from jumpstart.deployment.verification.expected import ExpectedSale
from jumpstart.deployment.verification.findings import Findings
from jumpstart.deployment.verification.reading import Call, check_getters, events_of
from jumpstart.errors import ChainError
from jumpstart.hashing import keccak256

_ACCOUNT: Final = "of one account: for the replay, which recomputes it"
_BEGUN: Final = "state of a sale that has begun: for the replay, which recomputes it"
_ZERO: Final = bytes(32)
_FUNDED: Final = 0  # `Status.Funded`
_DOMAIN_FIELDS: Final = b"\x0f"  # EIP-5267: name, version, chain id, contract
_DOMAIN_TYPE: Final = keccak256(
    b"EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
)


def check_sale(
    expected: ExpectedSale,
    chain: Chain,
    receipts: dict[str, Receipt],
    from_block: int,
    findings: Findings,
) -> None:
    """Every view of the sale, its escrow, and of the platform as far as it is about this sale."""
    sale = chain.contract("SubscriptionSale", expected.sale)
    escrow = chain.contract("ProceedsEscrow", expected.escrow)
    platform = expected.platform
    own = events_of((sale, escrow), chain, from_block=from_block, findings=findings)
    for name, count in sorted(Counter(event.name for event in own).items()):
        findings.leave(f"{count} events {name}", "of the sale's life: for the replay")
    _check_application(expected, chain, receipts, from_block, findings)
    _check_listing(expected, chain, receipts, findings)
    _check_sale_views(expected, sale, is_fresh=not own, findings=findings)
    _check_escrow_views(expected, escrow, findings)
    findings.equal("terms", "inputs.termsHash", expected.listing.terms_hash, expected.terms_hash)
    terms = platform.terms_rules
    findings.reads(
        "terms",
        "terms in the sale's code",
        _as_read(expected.listing.sale),
        lambda: _as_read(terms.call("termsOf", expected.sale)),
    )
    _check_parties(expected, chain, findings)
    if expected.creation is not None:
        _check_token(expected, chain, findings)


def _check_application(
    expected: ExpectedSale,
    chain: Chain,
    receipts: dict[str, Receipt],
    from_block: int,
    findings: Findings,
) -> None:
    review = expected.platform.review
    number = expected.application
    found = review.call("applicationOf", number)
    check = findings.equal
    check("roles", "the applicant", expected.sender, found.applicant)
    check("terms", "termsHash of the application", expected.listing.terms_hash, found.termsHash)
    check("terms", "dossier of the application", expected.dossier_sha256, found.dossierHash)
    delisted = [
        event
        for event in events_of((review,), chain, from_block=from_block, findings=findings)
        if event.name == "Delisted" and event.args["id"] == number
    ]
    why = f"delisted by transaction {delisted[0].transaction_hash}" if delisted else ""
    check("terms", "status of the application", "listed", STATUSES[found.status], why)
    receipt = receipts.get("apply")
    if receipt is None:
        findings.leave("event Applied", "the application was there before")
        return
    wanted = (
        *(number, expected.sender, expected.listing.terms_hash),
        *(expected.dossier_sha256, expected.dossier_uri),
    )
    applied = [tuple(event.args.values()) for event in review.events(receipt, "Applied")]
    check("events", "event Applied", [wanted], applied)


def _check_listing(
    expected: ExpectedSale, chain: Chain, receipts: dict[str, Receipt], findings: Findings
) -> None:
    platform, number = expected.platform, expected.application
    launchpad = platform.launchpad
    findings.reads(
        "getters", "Launchpad.saleOf", expected.sale, lambda: launchpad.call("saleOf", number)
    )
    findings.reads(
        "getters",
        "Launchpad.escrowOf",
        expected.escrow,
        lambda: launchpad.call("escrowOf", expected.sale),
    )
    findings.reads(
        "getters",
        "Launchpad.predict",
        (expected.sale, expected.escrow),
        lambda: launchpad.call("predict", number, expected.listing.struct),
    )
    receipt = receipts.get("list")
    if receipt is None:
        findings.leave("events of the listing", "somebody else has listed it")
        return
    findings.reads(
        "getters",
        "Launchpad.listingBlockOf",
        receipt.block_number,
        lambda: launchpad.call("listingBlockOf", number),
    )
    listing = expected.listing
    wanted = (number, expected.sale, expected.escrow, listing.terms_hash, listing.abi_encoding)
    listed = [tuple(event.args.values()) for event in launchpad.events(receipt, "Listed")]
    findings.equal("events", "event Listed of the launchpad", [wanted], listed)
    reviewed = [tuple(event.args.values()) for event in platform.review.events(receipt)]
    findings.equal("events", "events of the review at the listing", [(number,)], reviewed)
    _check_funding(expected, chain, receipt, findings)
    _check_grants(expected, receipt, findings)


def _check_funding(
    expected: ExpectedSale, chain: Chain, receipt: Receipt, findings: Findings
) -> None:
    sale, vault = expected.listing.sale, expected.platform.vesting_vault
    token = chain.contract("ProjectToken", checksummed(sale.deal.sale_token))
    locked = sum(each.amount for each in expected.listing.allocations)
    wanted = [(expected.sender, expected.sale, sale.supply)]
    if locked:
        wanted.append((expected.sender, vault.address, locked))
    moved = [tuple(event.args.values()) for event in token.events(receipt, "Transfer")]
    findings.equal("balances", "transfers of the listing", wanted, moved)
    block = receipt.block_number
    try:
        held = token.call("balanceOf", expected.sale, block=block)
    except ChainError as error:
        findings.leave(
            "tokens of the sale when it was listed", f"the node has no old state: {error}"
        )
        return
    findings.equal("balances", "tokens of the sale when it was listed", sale.supply, held)


def _check_grants(expected: ExpectedSale, receipt: Receipt, findings: Findings) -> None:
    vault = expected.platform.vesting_vault
    token = checksummed(expected.listing.sale.deal.sale_token)
    created = vault.events(receipt, "GrantCreated")
    allocations = expected.listing.allocations
    if not findings.equal("events", "grants of the listing", len(allocations), len(created)):
        return
    for row, (allocation, event) in enumerate(zip(allocations, created, strict=True), 1):
        schedule = allocation.schedule
        plan = (
            token,
            checksummed(allocation.revoker),
            (
                *(schedule.start, schedule.unlock_bps, schedule.cliff_seconds),
                *(schedule.duration_seconds, schedule.step_seconds),
            ),
        )
        number = event.args["number"]
        grant = (plan, allocation.amount, number)
        beneficiary = checksummed(allocation.beneficiary)
        wanted = (vault.call("idOf", grant), beneficiary, number, allocation.amount)
        findings.equal("events", f"grant of allocation {row}", wanted, tuple(event.args.values()))
        # A beneficiary may pass it on, and a revoker end it: what was vested stays its own.
        findings.reads(
            "roles",
            f"beneficiary of allocation {row}",
            beneficiary,
            lambda wanted=wanted: vault.call("beneficiaryOf", wanted[0]),  # type: ignore[misc]
        )


def _check_sale_views(
    expected: ExpectedSale, sale: Contract, *, is_fresh: bool, findings: Findings
) -> None:
    listing, platform = expected.listing, expected.platform
    parts = (
        platform.launchpad.address,
        platform.review.address,
        platform.escrow_implementation.address,
    )
    domain = (
        *(_DOMAIN_FIELDS, DOMAIN_NAME, "1"),
        *(listing.sale.chain_id, expected.sale, _ZERO, ()),
    )
    compared: dict[str, list[Call]] = {
        "applicationId": [((), expected.application)],
        "termsHash": [((), listing.terms_hash)],
        "escrow": [((), expected.escrow)],
        "parts": [((), parts)],
        "eip712Domain": [((), domain)],
    }
    sessions, tiers = range(len(listing.sale.sessions)), range(len(listing.sale.tiers))
    state: dict[str, list[Call]] = {
        "status": [((), _FUNDED)],
        "sessionsSettled": [((), 0)],
        "totalWeight": [((), 0)],
        "outcome": [((), (0, 0))],
        "isProceedsCollected": [((), False)],
        "opening": [((), (listing.sale.sessions[0].start, _ZERO, 0, 0, False))],
        "demandOf": [((session, tier), (0, 0, 0)) for session in sessions for tier in tiers],
        "settlementOf": [((session,), (0, 0, 0)) for session in sessions],
    }
    accounts = (
        *("allotmentOf", "claimableOf", "costOf", "depositOf", "nonceOf", "positionOf", "weightOf"),
    )
    left = dict.fromkeys(accounts, _ACCOUNT)
    if is_fresh and sale.chain.now() < listing.sale.settle_deadline:
        compared |= state
    else:
        left |= dict.fromkeys(state, _BEGUN)
    check_getters(sale, compared, left, findings)


def _check_escrow_views(expected: ExpectedSale, escrow: Contract, findings: Findings) -> None:
    terms = expected.listing.escrow
    conditions = (
        *(terms.initial_bps, terms.grace_seconds, terms.objection_seconds),
        *(terms.objection_bps, terms.exit_seconds, checksummed(terms.remainder_to)),
    )
    milestones = [
        ((index,), (milestone.share_bps, milestone.deadline))
        for index, milestone in enumerate(terms.milestones)
    ]
    compared: dict[str, list[Call]] = {
        "REVIEW": [((), expected.platform.review.address)],
        "sale": [((), expected.sale)],
        "conditions": [((), conditions)],
        "milestoneCount": [((), len(terms.milestones))],
        "milestoneOf": list(milestones),
    }
    state = ("delivery", "releasableAmount", "slash")
    accounts = ("exitOf", "hasObjected", "hasSharedBond")
    left = dict.fromkeys(state, _BEGUN) | dict.fromkeys(accounts, _ACCOUNT)
    check_getters(escrow, compared, left, findings)


def _check_parties(expected: ExpectedSale, chain: Chain, findings: Findings) -> None:
    """That the pass registry of the terms is one of ours, and the platform's parts fit together."""
    registry = checksummed(expected.listing.sale.admission.pass_registry)
    artifact = chain.artifacts["PassRegistry"]
    findings.equal(
        "code",
        f"code of the pass registry {registry}",
        True,
        artifact.matches(chain.code(registry)),
    )
    launchpad, platform = expected.platform.launchpad.address, expected.platform
    for contract in (platform.review, platform.vesting_vault):
        name = contract.artifact.name
        matches = contract.artifact.matches(chain.code(contract.address))
        findings.equal("code", f"code of the {name} at {contract.address}", True, matches)
        findings.reads(
            "getters",
            f"{name}.LAUNCHPAD",
            launchpad,
            lambda contract=contract: contract.call("LAUNCHPAD"),  # type: ignore[misc]
        )
    rules = platform.terms_rules
    matches = rules.artifact.matches(chain.code(rules.address))
    findings.equal("code", f"code of the TermsRules at {rules.address}", True, matches)


def _check_token(expected: ExpectedSale, chain: Chain, findings: Findings) -> None:
    assert expected.creation is not None
    name, symbol, decimals, supply, _ = expected.creation.args
    token = chain.contract("ProjectToken", expected.creation.address)
    words = (_DOMAIN_TYPE, keccak256(name.encode()), keccak256(b"1"), chain.chain_id, token.address)
    separator = keccak256(encode(["bytes32", "bytes32", "bytes32", "uint256", "address"], words))
    check_getters(
        token,
        {
            "name": [((), name)],
            "symbol": [((), symbol)],
            "decimals": [((), decimals)],
            "totalSupply": [((), supply)],
            "DOMAIN_SEPARATOR": [((), separator)],
        },
        dict.fromkeys(
            ("allowance", "balanceOf", "nonces"), "of one account: moves with every transfer"
        ),
        findings,
    )


def _as_read(value: Any) -> Any:
    """Terms of the model, or as a contract shows them, in one form."""
    if isinstance(value, bytes) and len(value) == len(bytes.fromhex(NOBODY[2:])):
        return checksummed(value)
    if hasattr(value, "__dataclass_fields__"):
        return tuple(_as_read(getattr(value, name)) for name in value.__dataclass_fields__)
    if isinstance(value, tuple | list):
        return tuple(map(_as_read, value))
    return value
