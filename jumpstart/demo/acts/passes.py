"""The passes: an attester's word that a person stands behind an account, without a name."""

from collections.abc import Sequence
from typing import Final

from eth_account.signers.local import LocalAccount

from jumpstart.accounts import parse_account
from jumpstart.chain.client import Transaction
from jumpstart.chain.sale import present_pass_transaction
from jumpstart.demo.agenda import Scene
from jumpstart.demo.cast import Buyer
from jumpstart.demo.journal import Phase
from jumpstart.demo.play import Person, Play, visitor
from jumpstart.jurisdictions import numeric_of
from jumpstart.passes import Attestation, SignedPass, blind, sign

_MINUTE: Final = 60
_DAY: Final = 86_400
_OKB: Final = 10**18
_BLINDING_KEY: Final = b"jumpstart demo: the attester's secret".ljust(32, b".")
_COUNTRIES: Final = ("FR", "DE", "JP", "BR", "KE", "SG", "CH", "NG", "IN", "MX")  # of the passes

NO_PASS: Final = visitor("a holder without a pass", 1_200 * _OKB)
ABROAD: Final = visitor("a holder from a country not admitted", 5_000 * _OKB)
REVOKED: Final = visitor("a holder whose pass was revoked", 900 * _OKB)
SMALL: Final = visitor("a holder of too little", 420 * _OKB)
TWIN: Final = visitor("a second account of buyer 1", 2_600 * _OKB)
FORGER: Final = visitor("a holder who signs a pass alone", 1_000 * _OKB)
VISITORS: Final = (NO_PASS, ABROAD, REVOKED, SMALL, TWIN, FORGER)


def scenes(play: Play) -> list[Scene]:
    """Two days before the first session."""
    time = play.stage.terms.sessions[0].start - 2 * _DAY
    return [Scene(time=time, phase=Phase.HOLDINGS, act=_prepare)]


def signs_permit(buyer: Buyer) -> bool:
    """Whether the buyer subscribes with a permit instead of an allowance."""
    return buyer.number % 5 == 2


def budget_of(play: Play, buyer: Buyer) -> int:
    """Payment that the buyer's orders can cost at most."""
    return sum(play.stage.terms.cost_up(order) for order in buyer.orders)


def _prepare(play: Play) -> None:
    count = len(play.buyers)
    play.journal.begin("Passes", 3 * count + 9)
    _hand_out(play)
    passes = [
        (buyer, _attest(play, buyer, _document_of(buyer), _country_of(buyer)))
        for buyer in play.buyers
    ]
    _present(play, passes)
    _turn_away(play)
    play.note(
        f"{count} buyers have presented a pass. It carries a country, a level and a blinded "
        "identity, no name."
    )


def _hand_out(play: Play) -> None:
    """Payment tokens for orders, and the allowance for just these.

    One buyer in five signs a permit later, and gives no allowance now.
    """
    token, bank = play.stage.payment_token, play.role("bank")
    budgets = [budget_of(play, buyer) for buyer in play.buyers]
    play.chain.send_many(
        [
            token.transaction("transfer", buyer.account, budget, sender=bank)
            for buyer, budget in zip(play.buyers, budgets, strict=True)
        ]
    )
    play.journal.step("the bank hands out payment tokens", len(play.buyers))
    play.send_many(
        "approve the payment",
        [
            token.transaction("approve", play.sale.address, budget, sender=buyer.key)
            for buyer, budget in zip(play.buyers, budgets, strict=True)
            if not signs_permit(buyer)
        ],
    )


def _attest(
    play: Play,
    person: Person,
    document: str,
    country: str,
    *,
    key: LocalAccount | None = None,
    days: int = 365,
) -> SignedPass:
    """A pass for the person, signed by the attester, or by the `key` of somebody else in the
    attester's name. A lifetime of 0 `days` is over at once.
    """
    attester = play.role("attester")
    issued = play.chain.now() - 1
    attestation = Attestation(
        account=parse_account(person.account),
        identity=blind(document, _BLINDING_KEY),
        jurisdiction=numeric_of(country),
        level=1,
        issued_at=issued,
        expires_at=issued + days * _DAY + 1,
    )
    registry = parse_account(play.stage.platform.pass_registry.address)
    signed = sign(
        attestation,
        registry=registry,
        chain_id=play.chain.chain_id,
        key=bytes((key or attester).key),
    )
    return signed.model_copy(update={"attester": parse_account(attester.address)})


def _presenting(play: Play, person: Person, signed: SignedPass) -> Transaction:
    registry = play.stage.platform.pass_registry
    return present_pass_transaction(registry, signed, sender=person.key)


def _present(play: Play, passes: Sequence[tuple[Person, SignedPass]]) -> None:
    play.send_many("present a pass", [_presenting(play, *each) for each in passes])


def _turn_away(play: Play) -> None:
    _present(
        play,
        [
            (ABROAD, _attest(play, ABROAD, "demo passport abroad", "US")),
            (REVOKED, _attest(play, REVOKED, "demo passport revoked", "FR")),
            (SMALL, _attest(play, SMALL, "demo passport small", "DE")),
        ],
    )
    registry = play.stage.platform.pass_registry
    play.send(
        "revoke a pass",
        registry.transaction("revoke", REVOKED.account, sender=play.role("attester")),
    )
    play.turn_away(
        TWIN.name,
        "presents a pass for the same person",
        _presenting(play, TWIN, _attest(play, TWIN, _document_of(play.buyers[0]), "FR")),
        "PassRegistry_IdentityTaken",
        "One person, one account: to split a holding takes other people's identities.",
    )
    forged = _attest(play, FORGER, "demo passport forged", "JP", key=FORGER.key)
    play.turn_away(
        FORGER.name,
        "presents an attestation that the attester did not sign",
        _presenting(play, FORGER, forged),
        "PassRegistry_SignatureInvalid",
        "Stays outside.",
    )
    expired = _attest(play, NO_PASS, "demo passport expired", "BR", days=0)
    play.wait_until(expired.attestation.expires_at + _MINUTE)
    play.turn_away(
        NO_PASS.name,
        "presents an attestation that is over",
        _presenting(play, NO_PASS, expired),
        "PassRegistry_Expired",
        "Has no pass when the sale opens, and tries all the same: see below.",
    )


def _country_of(buyer: Buyer) -> str:
    return _COUNTRIES[buyer.number % len(_COUNTRIES)]


def _document_of(buyer: Buyer) -> str:
    return f"demo passport {buyer.name.rpartition(' ')[2]}"
