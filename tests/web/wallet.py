"""A wallet for tests: it is put into a page as browsers' wallets are, and signs for real."""

import json
from collections.abc import Callable
from typing import Any

from eth_account import Account
from eth_account.messages import encode_typed_data
from eth_account.signers.local import LocalAccount
from playwright.sync_api import Page

from jumpstart.chain.client import Chain, Contract
from jumpstart.errors import ChainError

REJECTED = 4001

_PROVIDER = """
(() => {
  const listeners = {};
  const provider = {
    request: async ({ method, params }) => {
      const answer = JSON.parse(await window.__wallet_%(name)s(JSON.stringify({ method, params: params ?? [] })));
      if (answer.error) throw Object.assign(new Error(answer.error.message), answer.error);
      return answer.result;
    },
    on: (event, listener) => (listeners[event] ??= []).push(listener),
    removeListener: (event, listener) => {
      listeners[event] = (listeners[event] ?? []).filter((each) => each !== listener);
    },
  };
  window.__tell_%(name)s = (event, value) => (listeners[event] ?? []).forEach((each) => each(value));
  if (%(is_legacy)s) window.ethereum = provider;
  else {
    const announce = () =>
      window.dispatchEvent(
        new CustomEvent("eip6963:announceProvider", {
          detail: { info: { uuid: "%(name)s", name: "%(title)s", icon: "%(icon)s", rdns: "x" }, provider },
        }),
      );
    window.addEventListener("eip6963:requestProvider", announce);
    announce();
  }
})();
"""
_ICON = "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' width='8' height='8'/>"


class Wallet:
    """Holds keys. What it is asked is in `asked`; `instead` answers a method in its own way."""

    def __init__(self, chain: Chain, *accounts: LocalAccount) -> None:
        self.chain = chain
        self.accounts = list(accounts)
        self.chain_id = chain.chain_id
        self.asked: list[str] = []
        self.rejects: set[str] = set()
        self.instead: dict[str, Callable[[list[Any]], Any]] = {}
        self.is_atomic = False

    def put_into(
        self, page: Page, name: str = "w", title: str = "Test Wallet", *, is_legacy: bool = False
    ) -> None:
        """Before the page is opened."""
        self._page, self._name = page, name
        page.expose_function(f"__wallet_{name}", self._answer)
        words = {
            "name": name,
            "title": title,
            "icon": _ICON,
            "is_legacy": "true" if is_legacy else "false",
        }
        page.add_init_script(_PROVIDER % words)

    def switch_account(self, account: LocalAccount) -> None:
        self.accounts = [account]
        self._tell("accountsChanged", [account.address])

    def switch_chain(self, chain_id: int) -> None:
        self.chain_id = chain_id
        self._tell("chainChanged", hex(chain_id))

    def _tell(self, event: str, value: object) -> None:
        self._page.evaluate(
            f"([event, value]) => window.__tell_{self._name}(event, value)", [event, value]
        )

    def _answer(self, text: str) -> str:
        request = json.loads(text)
        method, params = request["method"], request["params"]
        self.asked.append(method)
        if method in self.rejects:
            return json.dumps(
                {"error": {"code": REJECTED, "message": "User rejected the request."}}
            )
        try:
            if method in self.instead:
                return json.dumps({"result": self.instead[method](params)})
            return json.dumps({"result": self._result(method, params)})
        except (ChainError, KeyError, StopIteration) as error:
            return json.dumps({"error": {"code": -32603, "message": str(error)}})

    def _result(self, method: str, params: list[Any]) -> Any:
        match method:
            case "eth_requestAccounts" | "eth_accounts":
                return self._shown()
            case "eth_chainId":
                return hex(self.chain_id)
            case "wallet_switchEthereumChain":
                self.chain_id = int(params[0]["chainId"], 16)
                return None
            case "eth_signTypedData_v4":
                return self._sign(*params)
            case "eth_sendTransaction":
                return self.send(params[0])
            case "wallet_getCapabilities" if self.is_atomic:
                return {each: {"atomic": {"status": "supported"}} for each in params[1]}
            case "wallet_sendCalls" if self.is_atomic:
                return {"id": self.send_all(params[0])}
            case "wallet_getCallsStatus" if self.is_atomic:
                return {"status": 200, "receipts": [{"transactionHash": params[0]}]}
        raise KeyError(method)

    def _sign(self, account: str, text: str) -> str:
        signer = self._signer(account)
        signed = signer.sign_message(encode_typed_data(full_message=json.loads(text)))
        return "0x" + signed.signature.hex().removeprefix("0x")

    def send(self, message: dict[str, str], **changes: Any) -> str:
        """Signs a transaction with the key and hands it to the node."""
        signer = self._signer(message["from"])
        transaction = {
            "to": message["to"],
            "data": message["data"],
            "value": int(message.get("value", "0x0"), 16),
            "gas": 3_000_000,
            "gasPrice": 10 * 10**9,
            "nonce": self.chain.nonce(signer.address),
            "chainId": self.chain.chain_id,
        }
        signed = Account.sign_transaction(transaction | changes, signer.key)
        raw = "0x" + signed.raw_transaction.hex().removeprefix("0x")
        sent: str = self.chain.request("eth_sendRawTransaction", raw)
        return sent

    def send_all(self, bundle: dict[str, Any]) -> str:
        """Several calls in one transaction, which keys alone cannot do (EIP-5792)."""
        raise KeyError("wallet_sendCalls")

    def _shown(self) -> list[str]:
        return [each.address.lower() for each in self.accounts]

    def _signer(self, account: str) -> LocalAccount:
        return next(each for each in self.accounts if each.address.lower() == account.lower())


class ContractAccount(Wallet):
    """A wallet that is a contract: its owner signs for it, and sends what it does."""

    def __init__(self, contract: Contract, owner: LocalAccount) -> None:
        super().__init__(contract.chain, owner)
        self.contract = contract

    def _shown(self) -> list[str]:
        return [self.contract.address.lower()]

    def _signer(self, account: str) -> LocalAccount:
        return self.accounts[0]

    def send(self, message: dict[str, str], **changes: Any) -> str:
        data = self.contract.calldata("execute", message["to"], message["data"])
        wrapped = message | {"to": self.contract.address, "data": "0x" + data.hex()}
        return super().send(wrapped, **changes)

    def send_all(self, bundle: dict[str, Any]) -> str:
        assert bundle["atomicRequired"]
        assert bundle["chainId"] == hex(self.chain_id)
        calls = [(each["to"], bytes.fromhex(each["data"][2:])) for each in bundle["calls"]]
        data = self.contract.calldata("executeAll", calls)
        return super().send(
            {
                "from": bundle["from"],
                "to": self.contract.address,
                "data": "0x" + data.hex(),
            }
        )
