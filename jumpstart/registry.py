"""The registry: an exact model of which passes count, and for whom.

It is written from the rules of `interfaces/IPassRegistry.sol`, not from the contract's code. A
refusal bears the name and the arguments of the contract's custom error.

Knows attesters and accounts by any spelling that it is given, and a clock that the caller moves.
Whether an attester has signed is beyond it.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from jumpstart.errors import LedgerRefusal
from jumpstart.jurisdictions import Bitmap
from jumpstart.terms import NUMERIC_MAX


class Pass(NamedTuple):
    """What is kept of an attestation, as on chain. Level 0: none, or revoked."""

    jurisdiction: int = 0
    level: int = 0
    issued_at: int = 0
    expires_at: int = 0
    revoked_at: int = 0


_NONE = Pass()


class Registry:
    """Passes by attester and account."""

    def __init__(self) -> None:
        self._passes: defaultdict[str, dict[str, Pass]] = defaultdict(dict)
        self._holders: defaultdict[str, dict[bytes, str]] = defaultdict(dict)

    def present(
        self,
        attester: str,
        account: str,
        identity: bytes,
        *,
        jurisdiction: int,
        level: int,
        issued_at: int,
        expires_at: int,
        time: int,
    ) -> None:
        """An account shows what an attester has signed.

        Raises `LedgerRefusal`, in this order: IdentityZero, LevelZero, JurisdictionUnknown,
        IssuedInFuture, Expired, Superseded, IdentityTaken.
        """
        if not any(identity):
            raise _refusal("IdentityZero")
        if level == 0:
            raise _refusal("LevelZero")
        if jurisdiction > NUMERIC_MAX:
            raise _refusal("JurisdictionUnknown", jurisdiction)
        if issued_at > time:
            raise _refusal("IssuedInFuture", issued_at, time)
        if time >= expires_at:
            raise _refusal("Expired", expires_at, time)
        before = self.pass_of(attester, account)
        not_after = max(before.issued_at, before.revoked_at)
        if issued_at <= not_after:
            raise _refusal("Superseded", issued_at, not_after + 1)
        holder = self._holders[attester].get(identity, account)
        if holder != account and self.pass_of(attester, holder).level:
            raise _refusal("IdentityTaken", identity, holder)
        self._holders[attester][identity] = account
        self._passes[attester][account] = Pass(
            jurisdiction=jurisdiction,
            level=level,
            issued_at=issued_at,
            expires_at=expires_at,
            revoked_at=before.revoked_at,
        )

    def revoke(self, attester: str, account: str, time: int) -> None:
        """An attester takes back what it has attested until now."""
        before = self.pass_of(attester, account)
        self._passes[attester][account] = before._replace(level=0, revoked_at=time)

    def pass_of(self, attester: str, account: str) -> Pass:
        return self._passes[attester].get(account, _NONE)

    def is_admitted(
        self,
        account: str,
        *,
        attesters: Iterable[str],
        level: int,
        jurisdictions: Bitmap,
        time: int,
    ) -> bool:
        """Whether one of these attesters vouches for the account as the terms ask."""
        return any(
            time < found.expires_at
            and found.level >= level
            and jurisdictions[found.jurisdiction // 256] >> found.jurisdiction % 256 & 1
            for found in (self.pass_of(attester, account) for attester in attesters)
        )


def _refusal(reason: str, *args: object) -> LedgerRefusal:
    return LedgerRefusal(f"PassRegistry_{reason}", *args)
