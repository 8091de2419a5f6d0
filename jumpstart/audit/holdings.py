"""The published holdings: whether the root is what accounts held at the moments that were drawn."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from jumpstart.audit.findings import Findings
from jumpstart.audit.replay import Models
from jumpstart.audit.subject import Subject
from jumpstart.chain.client import Chain
from jumpstart.errors import JumpstartError
from jumpstart.opening import NO_ROOT

Recount: TypeAlias = Callable[[Subject], bytes]
"""The root of the holdings of a sale, counted again. Raises a `JumpstartError` when it cannot be."""

_ROOT = "root of the holdings"


def recounted(token_chain: Chain | None = None, seed_chain: Chain | None = None) -> Recount:
    """A recount by the nodes of the token's chain and of that whose randomness drew; each is by
    default that of the sale.
    """

    def recount(subject: Subject) -> bytes:
        from jumpstart.snapshot.draw import draw
        from jumpstart.snapshot.recount import asked, with_transfers
        from jumpstart.snapshot.run import take

        terms, chain = subject.listing.holdings, token_chain or subject.chain
        request = asked(terms, subject.terms.tiers, draw(terms, chain, seed_chain or chain))
        with tempfile.TemporaryDirectory() as folder:
            request = with_transfers(request, [chain.url], Path(folder, "fetch"))
            return take(request, Path(folder, "snapshot"), single=False).root

    return recount


def check_holdings(
    subject: Subject, models: Models, findings: Findings, recount: Recount | None
) -> str:
    """Compares the root with a recount. Says what became of it: `checked`, `not checked`, `none`
    published.
    """
    published = models.opening.root if models.opening.root != NO_ROOT else models.shown_root
    if published == NO_ROOT:
        return "none"
    if recount is None:
        findings.leave(_ROOT, "it was not asked for: count it again before you pay")
        return "not checked"
    try:
        expected = recount(subject)
    except JumpstartError as error:
        findings.miss(_ROOT, str(error))
        return "not checked"
    findings.compare("holding", _ROOT, expected, published)
    return "checked"
