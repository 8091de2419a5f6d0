"""The test methods of Ganache and Anvil: time, snapshots, balances, code, other people's accounts."""

from collections.abc import Mapping
from typing import Any

from jumpstart.chain.rpc import Rpc
from jumpstart.chain.urls import shown_url
from jumpstart.errors import ChainError, InputError

# Ganache copies every account it has touched each time it begins a call, and forgets them only when
# it takes back a block: a thousand participants would double the time of each transaction.
_TOUCHED_AT_MOST = 100


class LocalControls(Rpc):
    """A node whose chain can be told what to do. Raises `ChainError` where it cannot."""

    def __init__(self, url: str, *, timeout: float) -> None:
        super().__init__(url, timeout=timeout)
        self._snapshots: dict[str, dict[str, int]] = {}
        self._nonces: dict[str, int] = {}
        self._touched = 0

    def now(self) -> int:
        """The timestamp of the latest block, which is the time that calls see."""
        return int(self.request("eth_getBlockByNumber", "latest", False)["timestamp"], 16)

    def mine(self, blocks: int = 1) -> None:
        for _ in range(blocks):
            self._test_only("evm_mine")

    def mine_at(self, timestamp: int) -> None:
        """Mines an empty block at exactly this time: calls then see it."""
        now = self.now()
        if timestamp <= now:
            raise InputError(
                f"time on a chain only moves forward: it is {now}, asked for {timestamp}"
            )
        if self.kind == "ganache":
            self._test_only("evm_mine", {"timestamp": timestamp})
        else:
            self._test_only("evm_setNextBlockTimestamp", timestamp)
            self._test_only("evm_mine")

    def advance_to(self, timestamp: int) -> None:
        """The next transaction is mined at exactly this time. On nodes of `LocalNode`, whose blocks
        are a second apart.
        """
        now = self.now()
        if timestamp <= now:
            raise InputError(
                f"time on a chain only moves forward: it is {now}, asked for {timestamp}"
            )
        if timestamp - 1 > now:
            self.mine_at(timestamp - 1)

    def snapshot(self) -> str:
        """Remembers the whole state. Each can be returned to once."""
        snapshot: str = self._test_only("evm_snapshot")
        self._snapshots[snapshot] = dict(self._nonces)
        return snapshot

    def revert(self, snapshot: str) -> None:
        """Returns to a snapshot: state, blocks and time."""
        if not self._test_only("evm_revert", snapshot):
            raise ChainError(f"the chain has no snapshot {snapshot}")
        self._nonces = self._snapshots.pop(snapshot, {})

    def set_balance(self, address: str, value: int) -> None:
        """Gives the account exactly this balance, in wei."""
        self.set_balances({address: value})

    def set_balances(self, balances: Mapping[str, int]) -> None:
        """The same for many. Ganache mines a block, and so a second passes, for each."""
        method = "evm_setAccountBalance" if self.kind == "ganache" else "anvil_setBalance"
        self._only_local(method)
        requests = [(method, [address, hex(value)]) for address, value in balances.items()]
        for start in range(0, len(requests), _TOUCHED_AT_MOST):
            part = requests[start : start + _TOUCHED_AT_MOST]
            self.batch(part)
            self._note_touched(len(part))

    def set_code(self, address: str, code: bytes) -> None:
        method = "evm_setAccountCode" if self.kind == "ganache" else "anvil_setCode"
        self._test_only(method, address, "0x" + code.hex())

    def set_storage(self, address: str, slot: int, value: int) -> None:
        method = "evm_setAccountStorageAt" if self.kind == "ganache" else "anvil_setStorageAt"
        # Both padded: Ganache corrupts its state for a key that is not 32 bytes.
        self._test_only(method, address, f"0x{slot:064x}", f"0x{value:064x}")

    def impersonate(self, address: str) -> str:
        """Makes the node send for an address nobody holds the key of, such as a contract's."""
        if self.kind == "ganache":
            self._test_only("evm_addAccount", address, "")
            self._test_only("personal_unlockAccount", address, "", 0)
        else:
            self._test_only("anvil_impersonateAccount", address)
        return address

    def _test_only(self, method: str, *params: Any) -> Any:
        self._only_local(method)
        return self.request(method, *params)

    def _only_local(self, method: str) -> None:
        if not self.is_local:
            raise ChainError(
                f"{method} is for local test chains, and {shown_url(self.url)} is none"
            )

    def _note_touched(self, accounts: int) -> None:
        if self.kind != "ganache":
            return
        self._touched += accounts
        if self._touched >= _TOUCHED_AT_MOST:
            snapshot = self.request("evm_snapshot")
            self.request("evm_mine")
            self.request("evm_revert", snapshot)
            self._touched = 0
