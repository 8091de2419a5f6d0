"""The deployment of a platform: the contracts that all sales share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from eth_abi.abi import encode

from jumpstart.accounts import checksummed
from jumpstart.amounts import Token, format_amount
from jumpstart.chain.abi import calldata, constructor_arguments
from jumpstart.chain.blueprint import GETTERS, PARTS, Blueprint
from jumpstart.chain.client import Chain, Receipt
from jumpstart.chain.compiler import Artifact
from jumpstart.deployment.creations import creation_step, factory_steps
from jumpstart.deployment.steps import Call, Contracted, Results, Step
from jumpstart.errors import CheckError
from jumpstart.platforms import PlatformDraft, PlatformTerms
from jumpstart.review import CRITERIA
from jumpstart.times import format_duration
from jumpstart.writing import plain

LAUNCHPAD_STEP: Final = "create-launchpad"

_TITLES: Final = {
    "PassRegistry": "Create the registry of passes, which all platforms share",
    "TermsRules": "Create the rules that terms must respect, which all platforms share",
    "LaunchpadCreator": "Create what will create the launchpad",
    "ProjectReview": "Create the review: rules, chair, guardian, reviewers",
    "VestingVault": "Create the vault for tokens that projects lock",
    "ProceedsEscrow": "Create the escrow that every sale gets a clone of",
    "SubscriptionSale": "Create the sale that every sale is a clone of",
}


@dataclass(frozen=True, kw_only=True)
class PlatformDeployment:
    """A `Deployment` of one platform."""

    draft: PlatformDraft
    terms: PlatformTerms
    sender: str
    artifacts: Mapping[str, Artifact]
    kind: str = "platform"

    @property
    def title(self) -> str:
        return self.draft.title

    @property
    def chain_id(self) -> int:
        return self.draft.chain_id

    @property
    def blueprint(self) -> Blueprint:
        """The platform as it will be."""
        terms = self.terms
        return Blueprint.drawn(
            self.artifacts,
            owner=self.sender,
            rules=terms.rules,
            chair=checksummed(terms.chair),
            guardian=checksummed(terms.guardian),
            reviewers=[checksummed(reviewer) for reviewer in terms.reviewers],
            salt=terms.salt,
        )

    @property
    def people(self) -> Mapping[str, str]:
        named = {checksummed(address): name for name, address in self.terms.people.items()}
        return {self.sender: "deployer"} | named

    @property
    def inputs(self) -> Mapping[str, Any]:
        terms = self.terms
        return {
            "kind": self.kind,
            "title": self.title,
            "chainId": self.chain_id,
            "sender": self.sender,
            "rules": plain(terms.rules),
            "chair": checksummed(terms.chair),
            "guardian": checksummed(terms.guardian),
            "reviewers": [checksummed(reviewer) for reviewer in terms.reviewers],
            "salt": "0x" + terms.salt.hex(),
        }

    @property
    def steps(self) -> tuple[Step, ...]:
        blueprint = self.blueprint
        shown = {
            "ProjectReview": self._shown_review(),
            "LaunchpadCreator": [("owner", self._shown(self.sender))],
            "VestingVault": [("launchpad", blueprint.launchpad)],
        }
        creations = [
            creation_step(
                creation,
                key=f"create-{name}",
                title=_TITLES[name],
                arguments=shown.get(name, ()),
            )
            for name, creation in blueprint.creations.items()
        ]
        return (*factory_steps(), *creations, self._launchpad(blueprint, creations))

    def contracts(self, results: Results) -> tuple[Contracted, ...]:
        blueprint = self.blueprint
        made = [
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
            step=LAUNCHPAD_STEP,
            arguments=encode(["address"] * len(PARTS), blueprint.parts),
        )
        return (*made, launchpad)

    def _launchpad(self, blueprint: Blueprint, creations: Sequence[Step]) -> Step:
        creator = blueprint.creations["LaunchpadCreator"]

        def is_created(
            chain: Chain, results: Results, block: int, receipt: Receipt | None
        ) -> Mapping[str, Any] | None:
            if not chain.code(blueprint.launchpad, block):
                return None
            # Its creator takes the word of one key, which somebody may have stolen.
            launchpad = chain.contract("Launchpad", blueprint.launchpad)
            for getter, expected in zip(GETTERS, blueprint.parts, strict=True):
                found = launchpad.call(getter, block=block)
                if found != expected:
                    raise CheckError(
                        f"{getter} of the launchpad {blueprint.launchpad}: {found}, "
                        f"expected {expected}"
                    )
            return {"address": blueprint.launchpad}

        return Step(
            key=LAUNCHPAD_STEP,
            title="Create the launchpad, which checks that all parts name it",
            after=tuple(step.key for step in creations),
            call=lambda results: Call(
                to=creator.address,
                data=calldata(creator.artifact, "create", *blueprint.parts),
                target="LaunchpadCreator",
                function="create",
                arguments=tuple((name, blueprint.creations[name].address) for name in PARTS),
                creates=(("Launchpad", blueprint.launchpad),),
            ),
            look=is_created,
        )

    def _shown(self, address: str) -> str:
        name = self.people.get(address)
        return f"{name} {address}" if name else address

    def _shown_review(self) -> list[tuple[str, str]]:
        terms, bond = self.terms, self.draft.bond.unit
        rules = terms.rules
        criteria = zip(CRITERIA, rules.floors, rules.weights_bps, strict=True)
        percent = Token(symbol="%", decimals=2)
        return [
            ("bond of a project", format_amount(rules.bond, bond)),
            ("bond of a challenge", format_amount(rules.challenge_bond, bond)),
            ("token of bonds", self._shown(checksummed(rules.bond_token))),
            ("quorum", f"{rules.quorum} of {len(terms.reviewers)} reviewers"),
            ("time to commit", format_duration(rules.commit_seconds)),
            ("time to reveal", format_duration(rules.reveal_seconds)),
            ("time to decide and list", format_duration(rules.approval_seconds)),
            ("notice of a new reviewer", format_duration(rules.notice_seconds)),
            ("bar", format_amount(rules.bar, Token(symbol="points of 100", decimals=4))),
            *(
                (name, f"at least {floor} of 100, weighs {format_amount(weight, percent)}")
                for name, floor, weight in criteria
            ),
            ("chair", self._shown(checksummed(terms.chair))),
            ("guardian", self._shown(checksummed(terms.guardian))),
            *(
                (f"reviewer {number}", self._shown(checksummed(reviewer)))
                for number, reviewer in enumerate(terms.reviewers, 1)
            ),
        ]
