"""Documents: what the hashes of the demo are of. A hash that is not of one of these has no words."""

import hashlib
from typing import Final

DOSSIER: Final = "Eminer: a platform for lending to miners. Team, code, audit, budget and plan."
SECOND_DOSSIER: Final = "Eminer, once more: the same plan with a second audit."

FIRST_EVIDENCE: Final = "Milestone 1: address of the test version, and its build."
WEAK_EVIDENCE: Final = "Milestone 2: the source code, and an audit by the project's own engineers."
STRONG_EVIDENCE: Final = (
    "Milestone 2: the source code, and the audit of a firm that is independent."
)
LATE_EVIDENCE: Final = "Milestone 3: a release that does not start."

WRONG_HOLDINGS: Final = "Holding of buyer 3: ten times what the token's transfers add up to."
REASON: Final = "The team has sold the same tokens elsewhere, by a contract signed before."

MILESTONES: Final = (
    "A public test version that anybody can use.",
    "The source code, and the report of an audit by somebody independent.",
    "The release, with its documentation.",
    "Two months of operation, with its figures published.",
)
"""As quoted in the terms."""


def hash_of(words: str) -> bytes:
    """The SHA-256 of a document."""
    return hashlib.sha256(words.encode()).digest()


_WORDS: Final = {
    hash_of(words): words
    for words in (
        DOSSIER,
        SECOND_DOSSIER,
        FIRST_EVIDENCE,
        WEAK_EVIDENCE,
        STRONG_EVIDENCE,
        LATE_EVIDENCE,
        WRONG_HOLDINGS,
        REASON,
        *MILESTONES,
    )
}


def words_of(document_hash: bytes) -> str:
    """The document, or nothing."""
    return _WORDS.get(document_hash, "")
