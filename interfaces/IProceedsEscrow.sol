// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title The proceeds of one sale: released by milestone, or given back to who exits.
/// @notice Holds what the sale raised, less the fee. Bound to `EscrowTerms`, which stand, packed, in the code of the sale;
/// created by the `ILaunchpad` together with it. An initial share is free at once. Each milestone's share is free when
/// the reviewers' quorum has attested the milestone and its participants have not vetoed that within the objection window.
/// A milestone that is not attested in time, or a delisting, stops all releases and opens the exit right: whoever returns
/// the tokens that have not vested yet takes, for each, the part of its price that was not released. Nobody's consent is
/// needed, nobody can stop it, and nothing has to be called for it to open.
///
/// Milestones follow one another: only the current one can be attested, and the next becomes current when the share of the
/// one before is free. One that becomes current when its own deadline and grace are over is missed at that moment.
/// Everything is decided by time and what was attested, so it makes no difference when, or whether, anybody collects.
///
/// Accounts. What is paid out is reckoned from what the sale says it raised, never from a balance: the bond of a delisted
/// project and the proceeds do not touch each other, also where they are the same token, and coins or tokens that somebody
/// sends here belong to nobody.
/// - The payment token must deliver exactly what is sent, as the sale asks of it already.
///
/// Rounding. What is released and what is paid for returned tokens is rounded down; what that leaves goes to
/// `EscrowTerms.remainderTo`.

/// @notice Where the escrow stands.
/// Waiting (for the sale) -> Delivering -> Delivered | Exiting -> Ended. A sale that failed leaves it Waiting: it never
/// holds proceeds.
enum EscrowStatus {
    Waiting,
    Delivering, // the current milestone is due, or is attested and can be objected to
    Delivered, // all shares are released
    Exiting,
    Ended // the exit window is over
}

/// @notice Where the delivery stands, as of now. All 0 while Waiting.
struct Delivery {
    EscrowStatus status;
    uint256 current; // index of the milestone that is due; the number of milestones when all are released
    uint256 attestedAt; // of the current milestone; 0: not attested
    uint256 objected; // weight of the objections to that attestation, in tokens
    uint256 attestations; // so far, of all milestones, vetoed ones too
    uint256 exitAt; // when the exit right opened, or opens unless the current milestone is attested; 0: it is, or Delivered
    uint256 releasedBps; // share of the proceeds that is free for the project
}

interface IProceedsEscrow {
    event MilestoneAttested(uint256 indexed milestone, bytes32 evidenceHash, uint256 objectionsUntil);
    event Objected(uint256 indexed milestone, address indexed account, uint256 weight, uint256 objected);
    event MilestoneVetoed(uint256 indexed milestone, uint256 objected);
    event Delisted(uint256 bond, uint256 totalWeight);
    event Released(address indexed to, uint256 amount);
    event ExitPaid(address indexed account, address indexed to, uint256 returned, uint256 amount);
    event BondShared(address indexed account, uint256 amount);
    event RemainderCollected(address indexed to, uint256 amount);

    // Where there are two figures: what is, and what had to be respected.

    error ProceedsEscrow_ImplementationLocked();
    error ProceedsEscrow_OnlyReview(address caller, address review);
    error ProceedsEscrow_OnlySale(address caller, address sale);
    error ProceedsEscrow_WrongStatus(EscrowStatus actual, EscrowStatus required);
    error ProceedsEscrow_NotCurrent(uint256 milestone, uint256 current);
    error ProceedsEscrow_AlreadyAttested(uint256 milestone, uint256 attestedAt);
    error ProceedsEscrow_NotAttested(uint256 milestone);
    error ProceedsEscrow_AlreadyObjected(address account);
    error ProceedsEscrow_NoWeight(address account);
    error ProceedsEscrow_RecipientInvalid(address to); // zero, the sale or the escrow
    error ProceedsEscrow_NothingToCollect();
    error ProceedsEscrow_AlreadyDelisted();
    error ProceedsEscrow_NotDelisted();
    error ProceedsEscrow_AlreadyShared(address account);

    // ---------------------------------------------------------------------------------------------- receiving

    /// @notice Takes proceeds in the native coin. Only from the sale: a coin sent by mistake could never leave.
    receive() external payable;

    // ---------------------------------------------------------------------------------------------- delivering

    /// @notice The current milestone was delivered, say the reviewers. Only the `IProjectReview`, before the milestone's
    /// deadline and grace are over. Its share is free after `objectionSeconds`.
    /// @param evidenceHash SHA-256 of what they saw.
    function attest(uint256 milestone, bytes32 evidenceHash) external;

    /// @notice Objects to the attestation of the current milestone, with the caller's weight (`weightOf` in the sale), once.
    /// Objections of `objectionBps` of all tokens sold veto it: it then counts as not attested, and can be attested
    /// again as long as there is time; a veto after that time opens the exit right at once.
    function object() external;

    /// @notice Sends what is free for the project, and was not sent yet, to `Parties.proceedsTo`. Anyone may, as soon as the
    /// sale has succeeded; no end date. Collects the proceeds first, where nobody has.
    function release() external returns (uint256 amount);

    // ---------------------------------------------------------------------------------------------- exiting

    /// @notice Ends the caller's part in the sale, paid at `to`: it keeps what has vested, which it gets with any refund that
    /// it has not claimed yet; it returns what has not, and for that gets
    /// `floor(unreleased proceeds * returned / tokens sold)`. Unreleased is what is not free for the project.
    function exit(address to) external returns (uint256 returned, uint256 amount);

    /// @notice The same without moving the sale token: what has vested and was not claimed is given up. So that a token which
    /// cannot be moved, by its project's doing or not, keeps nobody from the money.
    function exitWithoutTokens(address to) external returns (uint256 returned, uint256 amount);

    /// @notice Sends what nobody exited with, and what is not free for the project, to `remainderTo`. Anyone may, once the
    /// exit window is over.
    function collectRemainder() external returns (uint256 amount);

    // ---------------------------------------------------------------------------------------------- delisting

    /// @notice The project was delisted. Only the `IProjectReview`, once, which has sent `bond` of its bond token for the
    /// participants, and voided a sale that was not settled. Takes down what they weigh; where the sale has succeeded,
    /// opens the exit right, unless it is open, or over, or all shares are free. An attestation whose objection window is
    /// not over is void.
    /// @param bond Below 2^112.
    function delist(uint256 bond) external;

    /// @notice Sends the account its share of the bond of a delisted project, by its weight in the sale, rounded down.
    /// Anyone may, once for each account; no end date.
    function shareBond(address account) external returns (uint256 amount);

    // ---------------------------------------------------------------------------------------------- views

    function REVIEW() external view returns (address);
    function sale() external view returns (address);

    /// @notice What the escrow is bound to, but for the milestones: see `EscrowTerms`.
    function conditions()
        external
        view
        returns (
            uint256 initialBps,
            uint256 graceSeconds,
            uint256 objectionSeconds,
            uint256 objectionBps,
            uint256 exitSeconds,
            address remainderTo
        );
    function milestoneCount() external view returns (uint256);

    /// @notice Both 0 from `milestoneCount` on. What has to be delivered, the `ILaunchpad` said when it listed the sale.
    function milestoneOf(uint256 index) external view returns (uint256 shareBps, uint256 deadline);
    function delivery() external view returns (Delivery memory);

    /// @notice What `release` would send.
    function releasableAmount() external view returns (uint256);

    /// @notice What `exit` would return and pay now, were the exit right open.
    function exitOf(address account) external view returns (uint256 returned, uint256 amount);

    /// @notice Whether the account has objected to the latest attestation.
    function hasObjected(address account) external view returns (bool);

    /// @notice The bond for participants, and the weight of all of them, as of the delisting.
    function slash() external view returns (uint256 bond, uint256 totalWeight);
    function hasSharedBond(address account) external view returns (bool);
}
