// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Review of projects: applications, scorecards, decision, security bond, and what reviewers decide later.
/// @notice A project applies with the hash of its exact terms. Reviewers commit to a score from 0 to 100 on each of seven
/// criteria, then reveal it; the medians decide. Until the reveal a score is hidden by a salt, and a commitment is bound
/// to its reviewer, so that nobody can read or copy it. Who does not commit or reveal is not counted, and who is silent
/// decides nothing: without a quorum the application is rejected, and the bond goes back.
///
/// What a listed sale needs later (delisting, attestation of a milestone, decision on a challenge) is a motion: it is
/// carried out by the vote with which a quorum of present reviewers has voted for the very same thing. A vote cannot be
/// taken back; it counts while its reviewer is in office (so again, when removed and reappointed) and not recused.
///
/// Reviewers, the chair and the guardian can do what is said here and nothing else: none of it moves a deposit, a refund
/// or an allotted token. Every role is passed on in two steps.
///
/// Every hash of a document is a SHA-256; the zero hash is refused.
///
/// Rounding. Of an even number of scores the median is the lower of the two in the middle. The part of the bond
/// that has returned is rounded down.

/// @notice Applied -> Approved | Rejected | Withdrawn; Approved -> Listed | Expired | Withdrawn; Listed -> Delisted.
/// An application that nobody decided in time reads as Rejected.
enum ApplicationStatus {
    None,
    Applied,
    Approved,
    Rejected,
    Expired,
    Withdrawn,
    Listed,
    Delisted
}

// Creativity, operations, marketing, product, assurance, supply, sustainability: wherever there is one figure for each
// criterion, in this order.
uint256 constant CRITERIA = 7;

/// @notice What is fixed for all applications when the review is deployed.
// It is never stored.
// solhint-disable-next-line gas-struct-packing
struct ReviewRules {
    address bondToken; // the platform token
    uint256 bond; // of each application, below 2^112
    uint256 challengeBond; // of each challenge of holdings, below 2^112
    uint256 quorum; // reviewers, 1 .. 31
    uint256 commitSeconds; // from the application
    uint256 revealSeconds; // after that
    uint256 approvalSeconds; // after that: the time to decide and to list
    uint256 noticeSeconds; // from the appointment of a reviewer until it can be accepted
    uint256 bar; // least weighted total for an approval, 0 .. 1,000,000: score times basis points
    uint8[CRITERIA] floors; // least median of each criterion, 0 .. 100
    uint16[CRITERIA] weightsBps; // of each criterion; together 10,000
}

struct Application {
    address applicant;
    ApplicationStatus status;
    uint256 appliedAt;
    uint256 closedAt; // when it was listed, 0 before; a delisted one: when that happened
    uint256 committed; // reviewers, those that revealed too
    uint256 revealed; // reviewers
    uint256 recused; // reviewers
    uint256 bondReturned; // to the applicant, so far
    bytes32 termsHash;
    bytes32 dossierHash; // SHA-256
}

enum CardStage {
    None,
    Committed,
    Revealed,
    Recused
}

/// @notice What one reviewer says of one application.
struct Scorecard {
    CardStage stage;
    bytes32 commitment;
    uint8[CRITERIA] scores; // 0 until revealed
}

/// @notice A challenge of the holdings of a sale.
struct Challenge {
    address challenger;
    bool isOpen; // not decided, and its bond not taken back
    uint256 number; // 1 for the first of the application
}

/// @notice What is voted on. A motion has the name `keccak256(abi.encode(kind, application, ...))` with, in full words, what
/// stands behind its kind.
enum MotionKind {
    Delist, // reason hash
    Attest, // milestone, evidence hash, attestations of the sale so far
    Challenge // number of the challenge, whether the holdings stand
}

interface IProjectReview {
    // ---------------------------------------------------------------------------------------------- events

    event Applied(
        uint256 indexed id,
        address indexed applicant,
        bytes32 indexed termsHash,
        bytes32 dossierHash,
        string dossierUri
    );
    event Withdrawn(uint256 indexed id);
    event Committed(uint256 indexed id, address indexed reviewer, bytes32 commitment);
    event Recused(uint256 indexed id, address indexed reviewer);
    event Revealed(uint256 indexed id, address indexed reviewer, uint8[CRITERIA] scores);
    event Decided(uint256 indexed id, bool approved, uint8[CRITERIA] medians, uint256 total);
    event Listed(uint256 indexed id);
    event Delisted(uint256 indexed id, bytes32 reasonHash, uint256 slashed);
    event BondReturned(uint256 indexed id, address indexed applicant, uint256 amount);
    event Voted(uint256 indexed id, address indexed reviewer, bytes32 indexed motion, uint256 votes);
    event HoldingsChallenged(
        uint256 indexed id, uint256 number, address indexed challenger, bytes32 evidenceHash
    );
    event ChallengeDecided(uint256 indexed id, uint256 number, bool stands);
    event ChallengeBondPaid(uint256 indexed id, uint256 number, address indexed to, uint256 amount);

    event ReviewerAppointed(address indexed account, uint256 acceptableFrom);
    event ReviewerJoined(address indexed account);
    event ReviewerLeft(address indexed account); // or will not come: the appointment was taken back
    event ChairNominated(address indexed account);
    event ChairChanged(address indexed from, address indexed to);
    event GuardianNominated(address indexed account);
    event GuardianChanged(address indexed from, address indexed to);

    // ---------------------------------------------------------------------------------------------- errors

    // Where there are two figures: what is, and what had to be respected.

    error ProjectReview_RulesInvalid(bytes32 field, uint256 given, uint256 bound);
    error ProjectReview_WrongStatus(uint256 id, ApplicationStatus actual, ApplicationStatus required);
    error ProjectReview_HashZero();
    error ProjectReview_BondShort(uint256 received, uint256 bond);
    error ProjectReview_OnlyApplicant(address caller, address applicant);
    error ProjectReview_OnlyReviewer(address caller);
    error ProjectReview_OnlyLaunchpad(address caller, address launchpad);
    error ProjectReview_OnlyChair(address caller, address chair);
    error ProjectReview_OnlyNominee(address caller, address nominee);
    error ProjectReview_CommitClosed(uint256 timestamp, uint256 end); // or somebody has revealed
    error ProjectReview_RevealNotOpen(uint256 timestamp, uint256 start);
    error ProjectReview_RevealClosed(uint256 timestamp, uint256 end);
    error ProjectReview_RevealOpen(uint256 timestamp, uint256 end);
    error ProjectReview_CommitmentWrong(bytes32 given, bytes32 committed);
    error ProjectReview_ScoreTooHigh(uint256 criterion, uint256 score);
    error ProjectReview_Recused(uint256 id, address reviewer);
    error ProjectReview_AlreadyRevealed(uint256 id, address reviewer);
    error ProjectReview_TermsDiffer(bytes32 given, bytes32 approved);
    error ProjectReview_NothingToReturn(uint256 id);
    error ProjectReview_AlreadyVoted(uint256 id, address reviewer);
    error ProjectReview_SaleOver(uint256 id); // it failed: there is nothing to delist
    error ProjectReview_NotDue(uint256 id, uint256 milestone); // not the current one, or it is attested
    error ProjectReview_NotChallenged(uint256 id);
    error ProjectReview_RootDiffers(bytes32 given, bytes32 posted);
    error ProjectReview_DecisionTooLate(uint256 timestamp, uint256 firstStart);
    error ProjectReview_ChallengeUndecided(uint256 timestamp, uint256 firstStart);
    error ProjectReview_AlreadyReviewer(address account);
    error ProjectReview_NotAppointed(address account);
    error ProjectReview_NoticeRunning(uint256 timestamp, uint256 acceptableFrom);
    error ProjectReview_TooManyReviewers(uint256 count, uint256 most);
    error ProjectReview_AccountInvalid(address account); // zero

    // ---------------------------------------------------------------------------------------------- applying

    /// @notice Applies with a dossier and the hash of the exact terms, and pays the bond. Anyone may.
    /// - The bond token must deliver exactly what is sent, else `BondShort`.
    /// @param dossierHash SHA-256 of what is found at `dossierUri`.
    /// @return id From 1.
    function submit(string calldata dossierUri, bytes32 dossierHash, bytes32 termsHash)
        external
        returns (uint256 id);

    /// @notice Takes the application back before it is listed. Only the applicant.
    function withdraw(uint256 id) external;

    // ---------------------------------------------------------------------------------------------- scoring

    /// @notice Commits to a scorecard: `commitmentOf(id, reviewer, scores, salt)`. Only a reviewer, within `commitSeconds`
    /// and before every reviewer has committed or is recused, which closes it early; a second one replaces the first.
    function commit(uint256 id, bytes32 commitment) external;

    /// @notice The caller has an interest in the project: it takes no part in anything that concerns the application. Only
    /// a reviewer who has not revealed; cannot be taken back. A reviewer who is the applicant counts as recused.
    function recuse(uint256 id) external;

    /// @notice Reveals what was committed. Only a reviewer, within `revealSeconds` after `commitSeconds`, or as soon as every
    /// reviewer has committed or is recused.
    function reveal(uint256 id, uint8[CRITERIA] calldata scores, bytes32 salt) external;

    /// @notice Decides by the medians of what was revealed: approved when a quorum has revealed, each median reaches its
    /// floor and the weighted total the bar; else rejected. Anyone may, once `revealSeconds` are over, or as soon
    /// as every reviewer has revealed or is recused.
    function decide(uint256 id) external;

    // ---------------------------------------------------------------------------------------------- listing

    /// @notice Marks an approved application as listed. Only the `ILaunchpad`, and only for the terms approved.
    /// @return applicant Whose tokens are sold.
    function list(uint256 id, bytes32 termsHash) external returns (address applicant);

    /// @notice Sends the applicant what has returned of the bond: all of it after a rejection, an expiry or a withdrawal;
    /// after the listing a twelfth for each 30 days, and after a delisting what was not taken then. Anyone may.
    function returnBond(uint256 id) external returns (uint256 amount);

    // ---------------------------------------------------------------------------------------------- motions

    /// @notice Votes to delist a project, for the reason whose SHA-256 is given. Only a reviewer who is not recused. When
    /// carried: the part of the bond whose time to return has not come goes to the participants, or back to the applicant
    /// where nobody has taken part; a sale that is not settled is voided and refunds in full; after that, the exit right
    /// opens. Not for a sale that has failed.
    function voteToDelist(uint256 id, bytes32 reasonHash) external;

    /// @notice Votes to attest the current milestone of the sale, on the evidence whose SHA-256 is given. Only a reviewer who
    /// is not recused, while the milestone is due. Votes for an attestation that was vetoed do not count for the next.
    function voteToAttest(uint256 id, uint256 milestone, bytes32 evidenceHash) external;

    /// @notice Challenges the holdings that were posted for a sale, and pays the challenge bond. Anyone may, within the
    /// sale's `challengeSeconds`, one at a time. The sale cannot open until the challenge is decided. Reviewers decide whether
    /// the root is right, on whatever they know, not whether the evidence is good.
    /// @param root The one that is challenged, so that a replacement in the meantime is not.
    /// @param evidenceHash SHA-256 of what shows that it is wrong.
    function challenge(uint256 id, bytes32 root, bytes32 evidenceHash) external;

    /// @notice Votes on the open challenge. Only a reviewer who is not recused, before the first session starts. When carried:
    /// if the holdings stand, the bond is burnt (nobody gains by provoking a challenge, or by keeping out a real one with
    /// one's own); else they are dropped and the bond goes back.
    function voteOnChallenge(uint256 id, bool stands) external;

    /// @notice Gives back the bond of a challenge that was not decided before the first session started, or before the
    /// project was delisted. Anyone may.
    function returnChallengeBond(uint256 id) external returns (uint256 amount);

    // ---------------------------------------------------------------------------------------------- committee

    /// @notice Appoints a reviewer, who must accept, not before `noticeSeconds`. Only the chair. Again: the notice begins anew.
    function appointReviewer(address account) external;
    function acceptAppointment() external;

    /// @notice Removes a reviewer, or an appointment not yet accepted, at once. Only the chair. Their votes no longer count;
    /// scorecards that they have revealed do.
    function removeReviewer(address account) external;

    /// @notice The caller is no reviewer any more.
    function resign() external;

    /// @notice Names a new chair, who must accept. Only the chair; address(0) takes it back.
    function nominateChair(address account) external;
    function acceptChair() external;

    /// @notice Names a new guardian, who must accept. Only the chair; address(0) takes it back.
    function nominateGuardian(address account) external;
    function acceptGuardian() external;

    // ---------------------------------------------------------------------------------------------- views

    function rules() external view returns (ReviewRules memory);
    function LAUNCHPAD() external view returns (address);
    function applicationCount() external view returns (uint256);
    function applicationOf(uint256 id) external view returns (Application memory);
    function statusOf(uint256 id) external view returns (ApplicationStatus);

    /// @notice The approval, or the time to decide, ends then.
    function expiryOf(uint256 id) external view returns (uint256);
    function scorecardOf(uint256 id, address reviewer) external view returns (Scorecard memory);

    /// @notice The medians of what is revealed so far, and their weighted total.
    function resultOf(uint256 id) external view returns (uint8[CRITERIA] memory medians, uint256 total);

    /// @notice `keccak256(abi.encode(chainid, this, id, reviewer, scores, salt))`.
    function commitmentOf(uint256 id, address reviewer, uint8[CRITERIA] calldata scores, bytes32 salt)
        external
        view
        returns (bytes32);

    /// @notice What `returnBond` would send.
    function returnableBondOf(uint256 id) external view returns (uint256);
    function challengeOf(uint256 id) external view returns (Challenge memory);

    /// @notice Votes that count for a motion, by its name (see `MotionKind`).
    function votesFor(bytes32 motion) external view returns (uint256);
    function isReviewer(address account) external view returns (bool);
    function reviewerCount() external view returns (uint256);

    /// @notice When the appointment can be accepted; 0: there is none.
    function appointmentOf(address account) external view returns (uint256);
    function chair() external view returns (address);
    function nominatedChair() external view returns (address);
    function guardian() external view returns (address);
    function nominatedGuardian() external view returns (address);
}
