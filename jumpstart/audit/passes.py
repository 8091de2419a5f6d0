"""The events of the registry, of the attesters whose word counts in this sale."""

from jumpstart.audit.replay import Replay
from jumpstart.chain.abi import Event


class PassEvents:
    """What the models make of passes."""

    def __init__(self, replay: Replay) -> None:
        self.replay = replay
        replay.on("registry", {"PassPresented": self.presented, "PassRevoked": self.revoked})

    def presented(self, event: Event) -> None:
        args, registry, time = event.args, self.replay.models.registry, self.replay.time
        self.replay.require_sender(event, args["account"])
        self.replay.attempt(
            event,
            lambda: registry.present(
                args["attester"],
                args["account"],
                args["identity"],
                jurisdiction=args["jurisdiction"],
                level=args["level"],
                issued_at=args["issuedAt"],
                expires_at=args["expiresAt"],
                time=time,
            ),
        )
        self.replay.findings.compared["event"] += len(args)

    def revoked(self, event: Event) -> None:
        attester, account = event.args["attester"], event.args["account"]
        self.replay.require_sender(event, attester)
        self.replay.models.registry.revoke(attester, account, self.replay.time)
        self.replay.compare(event, attester=attester, account=account, revokedAt=self.replay.time)
