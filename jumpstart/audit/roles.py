"""The events of the committee: who has which role, and since when."""

from jumpstart.audit.replay import Replay
from jumpstart.chain.abi import Event
from jumpstart.chain.blueprint import NOBODY


class RoleEvents:
    """What the models make of roles. The first ones come when the review is made, all in one transaction."""

    def __init__(self, replay: Replay) -> None:
        self.replay = replay
        self.models = replay.models
        self._creation = ""
        replay.on(
            "review",
            {
                "ReviewerAppointed": self.appointed,
                "ReviewerJoined": self.joined,
                "ReviewerLeft": self.left,
                "ChairNominated": self.nominated,
                "ChairChanged": self.changed,
                "GuardianNominated": self.nominated,
                "GuardianChanged": self.changed,
            },
        )

    @property
    def _time(self) -> int:
        return self.replay.time

    @property
    def _is_created(self) -> bool:
        return self.replay.step.transaction != self._creation

    def changed(self, event: Event) -> None:
        """A chair or guardian; the first ones when the review is made."""
        committee, (role, nominated) = self.models.committee, _fields_of(event)
        before = getattr(committee, role) or NOBODY
        if before == NOBODY and not self._creation:
            self._creation = self.replay.step.transaction
        expected = getattr(committee, nominated) if self._is_created else event.args["to"]
        if self._is_created:
            self.replay.require_sender(event, getattr(committee, nominated))
        self.replay.compare(event, **{"from": before, "to": expected or NOBODY})
        setattr(committee, role, event.args["to"])
        setattr(committee, nominated, "")

    def nominated(self, event: Event) -> None:
        account = event.args["account"]
        self.replay.require_sender(event, self.models.committee.chair)
        setattr(self.models.committee, _fields_of(event)[1], "" if account == NOBODY else account)

    def appointed(self, event: Event) -> None:
        account = event.args["account"]
        committee = self.models.committee
        self.replay.require_sender(event, committee.chair)
        since = self.replay.attempt(event, lambda: committee.appoint(account, self._time))
        if since is not None:
            self.replay.compare(event, account=account, acceptableFrom=since)

    def joined(self, event: Event) -> None:
        account, committee = event.args["account"], self.models.committee
        if not self._is_created and account not in committee.reviewers:
            committee.reviewers[account] = self._time
            return
        self.replay.require_sender(event, account)
        self.replay.attempt(event, lambda: committee.join(account, self._time))

    def left(self, event: Event) -> None:
        account = event.args["account"]
        self.replay.require_sender(event, account, self.models.committee.chair)
        self.replay.attempt(event, lambda: self.models.committee.leave(account))


def _fields_of(event: Event) -> tuple[str, str]:
    """The role that the event is about, and who was named for it, as the model calls them."""
    role = "chair" if event.name.startswith("Chair") else "guardian"
    return role, f"nominated_{role}"
