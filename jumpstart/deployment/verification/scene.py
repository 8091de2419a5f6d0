"""What all parts of a verification read from, and what they call the contracts."""

from dataclasses import dataclass
from typing import Final

from jumpstart.chain.client import BlockHeader, Chain, Contract
from jumpstart.deployment.verification.checks import Checks
from jumpstart.deployment.verification.history import History
from jumpstart.deployment.verification.questions import Asker, Questions
from jumpstart.errors import ChainError

LABELS: Final = {
    "PassRegistry": "registry",
    "TermsRules": "rules",
    "LaunchpadCreator": "creator",
    "ProjectReview": "review",
    "VestingVault": "vault",
    "ProceedsEscrow": "escrow",
    "SubscriptionSale": "sale",
    "Launchpad": "launchpad",
    "ProjectToken": "token",
}
"""What a contract is called in what is reported."""


@dataclass(frozen=True, kw_only=True)
class Scene:
    """What all parts of a verification read from."""

    chain: Chain
    head: BlockHeader
    checks: Checks
    questions: Questions
    history: History

    def asker(self, contract: Contract, label: str) -> Asker:
        return self.questions.about(contract, label)

    def balance(self, token: str, account: str) -> int | str:
        """Of a token, at the head; in words why there is no answer."""
        contract = self.chain.contract("ProjectToken", token)
        try:
            found: int = contract.call("balanceOf", account, block=self.head.number)
        except ChainError as error:
            return f"no answer: {error}"
        return found
