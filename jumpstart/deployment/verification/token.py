"""A token that the deployment made: every balance as its transfers make it."""

from eth_abi.abi import encode

from jumpstart.chain.blueprint import NOBODY
from jumpstart.chain.client import Contract
from jumpstart.deployment.verification.history import History
from jumpstart.deployment.verification.inputs import CreatedToken
from jumpstart.deployment.verification.questions import Asker
from jumpstart.hashing import keccak256

_DOMAIN = b"EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"


def balances_of(history: History, token: Contract) -> dict[str, int]:
    """By account, what transfers have left."""
    balances: dict[str, int] = {}
    for event in history.of(token, "Transfer"):
        for account, sign in ((event.args["from"], -1), (event.args["to"], 1)):
            if account != NOBODY:
                balances[account] = balances.get(account, 0) + sign * event.args["amount"]
    return balances


def ask_token(
    asker: Asker,
    history: History,
    made: CreatedToken,
    *,
    chain_id: int,
    sender: str,
    launchpad: str,
) -> None:
    """Asks for all that is known of the token."""
    token = asker.contract
    asker.expect("name", made.name)
    asker.expect("symbol", made.symbol)
    asker.expect("decimals", made.decimals)
    asker.expect("totalSupply", made.supply)
    words = [keccak256(_DOMAIN), keccak256(made.name.encode()), keccak256(b"1")]
    types = ["bytes32"] * 3 + ["uint256", "address"]
    domain = encode(types, [*words, chain_id, token.address])
    asker.expect("DOMAIN_SEPARATOR", keccak256(domain))
    for account, balance in balances_of(history, token).items():
        asker.expect("balanceOf", balance, account, kind="balance")
    asker.cover("balanceOf")
    approvals = [
        event
        for event in history.of(token, "Approval")
        if (event.args["owner"], event.args["spender"]) == (sender, launchpad)
    ]
    if len(approvals) <= 1:
        asker.expect("allowance", 0, sender, launchpad, shown="sender, launchpad")
    asker.leave(
        "what owners have let others take since, and with how many permits, is theirs to say; "
        "no event shows what was used of it",
        "allowance",
        "nonces",
    )
