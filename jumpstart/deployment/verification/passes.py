"""Passes as the events of their registry make them."""

from dataclasses import dataclass

from jumpstart.chain.client import Contract
from jumpstart.deployment.verification.history import History
from jumpstart.deployment.verification.questions import Asker


@dataclass
class _Pass:
    jurisdiction: int = 0
    level: int = 0
    issued_at: int = 0
    expires_at: int = 0
    revoked_at: int = 0


def ask_passes(asker: Asker, history: History, registry: Contract, now: int) -> None:
    """Asks for every pass that was ever presented or revoked, and for every identity."""
    passes: dict[tuple[str, str], _Pass] = {}
    holders: dict[tuple[str, bytes], str] = {}
    for event in history.of(registry, "PassPresented", "PassRevoked"):
        args = event.args
        found = passes.setdefault((args["attester"], args["account"]), _Pass())
        if event.name == "PassRevoked":
            found.level, found.revoked_at = 0, args["revokedAt"]
            continue
        holders[args["attester"], args["identity"]] = args["account"]
        found.jurisdiction, found.level = args["jurisdiction"], args["level"]
        found.issued_at, found.expires_at = args["issuedAt"], args["expiresAt"]
    for (attester, account), found in passes.items():
        counts = found.level if now < found.expires_at else 0
        asker.expect(
            "passOf",
            {
                "jurisdiction": found.jurisdiction,
                "level": found.level,
                "issuedAt": found.issued_at,
                "expiresAt": found.expires_at,
                "revokedAt": found.revoked_at,
            },
            attester,
            account,
        )
        asker.expect(
            "standingOf",
            {"level": counts, "jurisdiction": found.jurisdiction if counts else 0},
            attester,
            account,
        )
    for (attester, identity), account in holders.items():
        asker.expect("accountOf", account, attester, identity)
    asker.cover("passOf", "standingOf", "accountOf")
