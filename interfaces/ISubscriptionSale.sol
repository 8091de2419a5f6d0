// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title One sale: sessions, subscriptions, settlement, claims, refunds and participants' vesting.
/// @notice The terms are part of the contract's code and cannot change. Nobody has a role that could touch a deposit,
/// a refund or an allotted token: every function that pays a participant can be called by anyone or by the participant.
/// A sale is created by the `ILaunchpad`, which brings its whole supply in the same call. Units: see `Terms.sol`.
///
/// Rounding. An allotment is rounded down, a cost is rounded up: an account loses less than one token in each session and
/// less than one payment unit to rounding, and what the contract owes is always covered. See `sweep` for what becomes
/// of the remainder. It is dust where a token has many decimals; where a token is one piece, it is pieces.
///
/// One slot. A participant owns exactly one storage slot for life, a `Position`. Subscribing creates it, and a
/// further subscription, a claim and each vesting release only update it.

/// @notice Where the sale stands.
/// Funded -> Succeeded | Failed. It fails when the soft cap is missed, or when it is voided before it is settled. A
/// funded sale that nobody settled in time reads as Failed.
enum Status {
    Funded,
    Succeeded,
    Failed,
    Locked // the implementation behind the sales, which is none itself
}

/// @notice The holdings of a sale, and what may keep it closed.
struct Opening {
    uint256 startsAt; // the first session
    bytes32 root; // of (account, holding), in force or suspended; 0: none
    uint256 publishedAt;
    uint256 pausedUntil; // 0: never paused
    bool isChallenged; // suspended until the reviewers decide
}

/// @notice What an account has done last.
enum Stage {
    None,
    Subscribed,
    Claimed,
    Refunded,
    Exited
}

/// @notice A participant's whole life, in one slot. `allotted` and `amount` change their meaning with the stage:
/// - Subscribed: tokens won in earlier sessions; tokens subscribed in `session`.
/// - Claimed: tokens won in all sessions; tokens of these released so far.
/// - Refunded: the account's weight (see `weightOf`); 0.
/// - Exited: tokens won in all sessions; tokens of these that it kept.
struct Position {
    uint104 allotted;
    uint104 amount;
    uint32 coefficient;
    uint8 tier; // its row in the coefficient table, from 0
    uint8 session; // from 0; 0 once claimed
    Stage stage;
}

/// @notice Subscriptions of one coefficient in one session.
struct Demand {
    uint112 subscribed; // tokens
    uint32 accounts; // that subscribed in this session
    uint32 newcomers; // of these, the ones that were in no earlier session
}

/// @notice The outcome of a session. An account of coefficient c with q tokens subscribed is allotted q when
/// `c >= fullFrom`, else `floor(c * q * remaining / weight)`. All zero: not settled, or, in the last session, the soft cap
/// was missed.
struct Settlement {
    uint112 remaining; // tokens left for coefficients below `fullFrom`
    uint128 weight; // sum of c * q over these
    uint16 fullFrom; // least coefficient that is allotted in full
}

interface ISubscriptionSale {
    // ---------------------------------------------------------------------------------------------- events

    event HoldingsPublished(bytes32 indexed root);
    event HoldingsChallenged(bytes32 indexed root);

    /// @notice The challenge was decided: the root stands, or it is gone.
    event ChallengeSettled(bytes32 indexed root, bool stands);
    event SubscriptionsPaused(uint256 until);
    event SaleVoided();
    event Subscribed(address indexed account, uint256 coefficient, uint256 accepted);
    event SessionSettled(
        uint256 indexed session, uint256 sold, uint256 remaining, uint256 weight, uint256 fullFrom
    );
    event SaleSucceeded(uint256 proceeds, uint256 unsold);
    event SaleFailed(uint256 raised, uint256 softCap);
    event Claimed(address indexed account, uint256 tokens, uint256 refund);
    event Refunded(address indexed account, uint256 refund);

    /// @notice Follows `Claimed` or `Refunded` when the account had it paid to another address.
    event Redirected(address indexed account, address indexed to);

    /// @notice An account exited: it got `kept` tokens (of these now what it had not claimed yet), and `returned` went back.
    event Exited(address indexed account, uint256 kept, uint256 returned, uint256 refund);

    event ProceedsCollected(address indexed to, uint256 amount);
    event FeeCollected(address indexed to, uint256 amount);
    event UnsoldCollected(address indexed to, uint256 amount);
    event ReturnedCollected(address indexed to, uint256 amount);
    event RemaindersSwept(uint256 tokens, uint256 payment);

    // ---------------------------------------------------------------------------------------------- errors

    // Where there are two figures: what is, and what had to be respected.

    error SubscriptionSale_WrongStatus(Status actual, Status required);

    // Opening
    error SubscriptionSale_NotListed();
    error SubscriptionSale_OnlyPublisher(address caller, address publisher);
    error SubscriptionSale_OnlyReview(address caller, address review);
    error SubscriptionSale_OnlyGuardian(address caller, address guardian);
    error SubscriptionSale_HoldingsTooEarly(uint256 timestamp, uint256 drawTime);
    error SubscriptionSale_HoldingsTooLate(uint256 timestamp, uint256 latest);
    error SubscriptionSale_HoldingsFinal(uint256 timestamp, uint256 end); // of the window for replacing them
    error SubscriptionSale_HoldingsMissing();
    error SubscriptionSale_ChallengeTooLate(uint256 timestamp, uint256 end);
    error SubscriptionSale_Challenged(bytes32 root);
    error SubscriptionSale_NotChallenged();
    error SubscriptionSale_DecisionTooLate(uint256 timestamp, uint256 firstStart);
    error SubscriptionSale_PausedBefore(uint256 until);
    error SubscriptionSale_Paused(uint256 timestamp, uint256 until);
    error SubscriptionSale_MayStillOpen(uint256 timestamp, uint256 firstStart);

    // Subscribing
    error SubscriptionSale_NotOpen(uint256 timestamp, uint256 start);
    error SubscriptionSale_Closed(uint256 timestamp, uint256 end);
    error SubscriptionSale_EarlierSessionUnsettled(uint256 session);
    error SubscriptionSale_LimitReached(uint256 requested, uint256 limit);
    error SubscriptionSale_BelowMinimum(uint256 subscribed, uint256 minimum);
    error SubscriptionSale_CapExceeded(uint256 requested, uint256 remaining);
    error SubscriptionSale_DemandTooLarge(uint256 requested, uint256 remaining);
    error SubscriptionSale_ProofInvalid(address account, uint256 holding);
    error SubscriptionSale_HoldingTooLow(uint256 holding, uint256 threshold);
    error SubscriptionSale_NoPass(address account);
    error SubscriptionSale_PassLevelTooLow(uint256 level, uint256 required);
    error SubscriptionSale_JurisdictionNotAdmitted(uint256 jurisdiction);
    error SubscriptionSale_WrongValue(uint256 sent, uint256 due);
    error SubscriptionSale_PaymentShort(uint256 received, uint256 due);
    error SubscriptionSale_PermitNeedsToken();

    // Settling
    error SubscriptionSale_SessionRunning(uint256 timestamp, uint256 end);
    error SubscriptionSale_SettlementTooLate(uint256 timestamp, uint256 deadline);

    // Claiming
    error SubscriptionSale_NothingSubscribed(address account);
    error SubscriptionSale_NothingToClaim(address account);
    error SubscriptionSale_SignatureExpired(uint256 timestamp, uint256 deadline);
    error SubscriptionSale_SignatureInvalid(address account);
    error SubscriptionSale_RecipientInvalid(address to); // zero, or the sale itself

    // Exiting
    error SubscriptionSale_OnlyEscrow(address caller, address escrow);
    error SubscriptionSale_NothingToReturn(address account);

    // Collecting
    error SubscriptionSale_NothingToCollect();
    error SubscriptionSale_NotAscending(address previous, address account);
    error SubscriptionSale_ClaimOpen(address account);

    // ---------------------------------------------------------------------------------------------- opening

    /// @notice Posts the Merkle root over `(account, holding)` (OpenZeppelin's standard tree). Only
    /// `Parties.holdingsPublisher`, not before `HoldingsTerms.drawTime`, and at least twice `Parties.challengeSeconds`
    /// before the first session starts. Within `challengeSeconds` it may be replaced in the same way, unless it is
    /// challenged; after that it is final.
    function publishHoldings(bytes32 root) external;

    /// @notice Suspends the root until the reviewers have decided. Only the `IProjectReview`, where anyone may challenge,
    /// within `challengeSeconds` after posting.
    function challengeHoldings() external;

    /// @notice Puts the root back in force, or drops it. Only the `IProjectReview`, before the first session starts.
    function settleChallenge(bool stands) external;

    /// @notice Stops subscriptions, and nothing else, for `PAUSE_SECONDS`. Only the guardian of the `IProjectReview`, once.
    function pause() external;

    /// @notice Ends a sale that is not settled: everyone takes a full refund. Only the `IProjectReview`, on a delisting.
    function void() external;

    /// @notice The same for a sale whose first session has begun without holdings in force, because none were posted or
    /// a challenge was not decided. Anyone may; nobody can have subscribed.
    function abandon() external;

    // ---------------------------------------------------------------------------------------------- subscribing

    /// @notice Subscribes `amount` more tokens in the open session and pays for them.
    /// The part that would cross the session's oversubscription limit is not accepted and not charged. Where `amount`
    /// itself would exceed the account cap, or leave the account below the minimum, the call reverts.
    /// The first subscription of an account proves its holding and shows its pass. Later ones need neither: pass 0
    /// and an empty proof. On the first subscription in a later session, what earlier sessions did not allot is
    /// credited against the cost, and a surplus is paid back at once.
    /// - The payment token must deliver exactly what is sent, else `PaymentShort`.
    /// @param amount Tokens.
    /// @param holding The account's published holding.
    /// @param proof Merkle proof of `(msg.sender, holding)`.
    /// @return accepted Tokens, at most `amount`. In the native coin, value sent beyond the cost is returned.
    function subscribe(uint256 amount, uint256 holding, bytes32[] calldata proof)
        external
        payable
        returns (uint256 accepted);

    /// @notice `subscribe` after an ERC-2612 permit of `value` payment to this sale. A permit that was already used
    /// (somebody else may send it first) is no error as long as the allowance suffices.
    function subscribeWithPermit(
        uint256 amount,
        uint256 holding,
        bytes32[] calldata proof,
        uint256 value,
        uint256 deadline,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external returns (uint256 accepted);

    // ---------------------------------------------------------------------------------------------- settling

    /// @notice Settles the next session whose window is over (or whose limit was reached in an earlier block). Anyone may,
    /// before `settleDeadline`. Costs the same for any number of participants. The last one decides success or failure.
    function settle() external;

    // ---------------------------------------------------------------------------------------------- claiming

    /// @notice Takes what has vested and, the first time, the whole refund. For the caller.
    function claim() external returns (uint256 tokens, uint256 refunded);

    /// @notice `claim` for `account`, by anyone; pays `account`. It also voids a signature for `claimTo` that was not used
    /// yet: an account to which the destination matters calls `claimTo` itself.
    function claimFor(address account) external returns (uint256 tokens, uint256 refunded);

    /// @notice `claim` for `account`, paid to `to`, on the account's word: it is the caller, or it signed the EIP-712
    /// message `ClaimTo(address account,address to,uint256 nonce,uint256 deadline)` (EOA or ERC-1271). `nonce` is
    /// `nonceOf(account)`: any change of the position, so any claim, voids the signature. `deadline` is exclusive.
    function claimTo(address account, address to, uint256 deadline, bytes calldata signature)
        external
        returns (uint256 tokens, uint256 refunded);

    /// @notice The refund alone, of an account that has not claimed yet: for a sale token that cannot be moved. Anyone may;
    /// pays `account`. What has vested can be claimed at any time after.
    function claimRefund(address account) external returns (uint256 refunded);

    /// @notice The whole deposit back, when the sale failed: soft cap missed, or not settled in time. No end date.
    function refund() external returns (uint256 refunded);

    /// @notice `refund` for `account`, by anyone; pays `account`.
    function refundFor(address account) external returns (uint256 refunded);

    /// @notice `refund` for `account`, paid to `to`, on the account's word as in `claimTo`.
    function refundTo(address account, address to, uint256 deadline, bytes calldata signature)
        external
        returns (uint256 refunded);

    // ---------------------------------------------------------------------------------------------- exiting

    /// @notice Ends the account's part in a successful sale: pays it, at `to`, what has vested and any refund, and keeps
    /// what has not vested for `unsoldTo`. Only the sale's `IProceedsEscrow`, which pays for what was returned.
    /// @param withTokens Else what has vested and was not claimed is given up, and kept for `unsoldTo` as well.
    /// @return returned Tokens not vested, at least 1.
    /// @return sold Tokens sold, before rounding.
    /// @return proceeds Payment that the escrow got for them.
    function exitFor(address account, address to, bool withTokens)
        external
        returns (uint256 returned, uint256 sold, uint256 proceeds);

    // ---------------------------------------------------------------------------------------------- collecting

    /// @notice Sends the proceeds less the fee to the sale's `IProceedsEscrow`. Anyone may, once the sale has succeeded.
    /// What is sent is what participants are sure to owe: it never reaches into a refund, whoever claims first.
    function collectProceeds() external returns (uint256 amount);

    /// @notice Sends the fee to `feeTo`. Anyone may, once the sale has succeeded.
    function collectFee() external returns (uint256 amount);

    /// @notice Sends unsold tokens (after a failure: all of them) to `unsoldTo`. Anyone may.
    function collectUnsold() external returns (uint256 amount);

    /// @notice Sends the tokens that exits have returned so far to `unsoldTo`. Anyone may, whenever there are any.
    function collectReturned() external returns (uint256 amount);

    /// @notice Shows participants, in ascending order and in as many calls as one likes, whose claim is over. The call with
    /// which a caller has shown all of them sends all that is left: tokens to `unsoldTo`, payment less uncollected
    /// proceeds and fee to `proceedsTo`. Nobody unpaid can be passed over, so the remainder is never needed to pay anyone. Whoever
    /// leaves somebody out begins again from another address.
    function sweep(address[] calldata accounts) external;

    // ---------------------------------------------------------------------------------------------- views

    /// @notice Of the whole `ListingTerms`. `ITermsRules.termsOf` reads what of them is in the sale's code.
    function termsHash() external view returns (bytes32);

    /// @notice The number of the application that was approved, see `IProjectReview`.
    function applicationId() external view returns (uint256);
    function escrow() external view returns (address);
    function status() external view returns (Status);
    function opening() external view returns (Opening memory);

    /// @notice Sessions settled so far.
    function sessionsSettled() external view returns (uint256);

    /// @notice Subscriptions of row `tier` of the coefficient table in `session`.
    function demandOf(uint256 session, uint256 tier) external view returns (Demand memory);
    function settlementOf(uint256 session) external view returns (Settlement memory);
    function positionOf(address account) external view returns (Position memory);
    function nonceOf(address account) external view returns (uint256);

    /// @notice Payment that the account's position stands for: the cost of all that it is allotted and subscribed to. Once
    /// it has claimed: what it paid for its allotment.
    function depositOf(address account) external view returns (uint256);

    /// @notice Tokens allotted to the account in all settled sessions. A sale that missed its soft cap does not keep the
    /// last session's settlement: there it is left out.
    function allotmentOf(address account) external view returns (uint256);

    /// @notice What the account weighs among participants, in tokens: what it was allotted in settled sessions, and
    /// what it subscribed to in the one that is not settled. Stays when it has claimed, exited or taken its refund.
    function weightOf(address account) external view returns (uint256);

    /// @notice The weight of all participants, up to rounding (never less than the sum). Not meaningful for a sale that
    /// missed its soft cap.
    function totalWeight() external view returns (uint256);

    /// @notice Tokens sold, before rounding, and the proceeds less the fee. Both are final once the sale has succeeded,
    /// and 0 before.
    function outcome() external view returns (uint256 sold, uint256 proceeds);

    function isProceedsCollected() external view returns (bool);

    /// @notice What the sale works with, the same for all of its launchpad.
    function parts()
        external
        view
        returns (address launchpad, address review, address escrowImplementation);

    /// @notice What `claim` (or, after a failure, `refund`) would pay now.
    function claimableOf(address account) external view returns (uint256 tokens, uint256 refunded);

    /// @notice Payment that `amount` more tokens now would take, were all of them accepted, and what it would give back
    /// instead where earlier sessions left a surplus. One of the two is 0.
    function costOf(address account, uint256 amount) external view returns (uint256 due, uint256 surplus);
}
