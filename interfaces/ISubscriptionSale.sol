// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title One sale: sessions, subscriptions, settlement, claims, refunds and participants' vesting.
/// @notice The terms are part of the contract's code and cannot change. Nobody has a role that could touch a deposit,
/// a refund or an allotted token: every function that pays a participant can be called by anyone or by the participant.
///
/// Units. "Tokens" are base units of the sale token, "payment" is base units of the payment token (or wei), times are
/// Unix seconds, shares are basis points (1/10,000). Every window is half-open: `start <= now < end`.
///
/// Rounding. An allotment is rounded down, a cost is rounded up: an account loses less than one token in each session and
/// less than one payment unit to rounding, and what the contract owes is always covered. See `sweep` for what becomes
/// of the remainder. It is dust where a token has many decimals; where a token is one piece, it is pieces.
///
/// One slot. A participant owns exactly one storage slot for life, a `Position`. Subscribing creates it, and a
/// further subscription, a claim and each vesting release only update it.

/// @notice What is sold and for what. `price` payment units buy `priceUnit` tokens.
struct Deal {
    address saleToken;
    address paymentToken; // address(0): the chain's native coin
    uint256 price; // payment per `priceUnit` tokens, below 2^112
    uint256 priceUnit; // tokens that `price` buys, below 2^112
    uint256 softCap; // least cost of all tokens sold, before rounding, for the sale to succeed; 0: none
    uint256 accountCap; // most tokens one account may hold allotted and subscribed together, at most the supply; 0: none
    uint256 minimum; // least tokens an account may ask for in a session, over all its subscriptions there; at least 1
}

/// @notice Who may subscribe: holders of a pass of an accepted attester (`SaleTerms.attesters`), of at least `level`,
/// of an admitted jurisdiction.
struct Admission {
    address passRegistry;
    uint256 level;
    uint256[4] jurisdictions; // bit n of word n / 256 set: ISO 3166-1 numeric code n is admitted
}

/// @notice Who gets what is not a participant's, and who publishes the holdings. None of them can do anything else.
struct Parties {
    address holdingsPublisher; // posts the root of (account, holding), once, before the first session opens
    address proceedsTo; // receives the proceeds less the fee, and in the end the payment that rounding leaves
    address unsoldTo; // receives unsold tokens, and in the end the tokens that rounding leaves
    address feeTo; // receives the fee
    uint256 feeBps; // share of the proceeds, rounded down
}

/// @notice How allotted tokens vest. `unlockBps` of an allotment is free at `start`; the rest accrues evenly from
/// `start` over `durationSeconds`, by whole steps of `stepSeconds` (0: every second), none of it before `cliffSeconds`.
struct Vesting {
    uint256 start;
    uint256 unlockBps;
    uint256 cliffSeconds;
    uint256 durationSeconds; // 0: everything is free at `start`
    uint256 stepSeconds;
}

/// @notice One subscription window and the tokens it allots. Sessions follow one another and do not overlap.
struct Session {
    uint256 start;
    uint256 end;
    uint256 supply; // tokens; over all sessions below 2^96
    uint256 limit; // oversubscription limit in tokens, closes the session when reached; 0: none
}

/// @notice A row of the coefficient table: who holds `threshold` or more (up to the next row) has `coefficient`.
struct Tier {
    uint256 threshold; // base units of the platform token, or of whatever the published holdings count
    uint256 coefficient; // 1 .. 65,534
}

/// @notice Everything that is fixed before a sale. `termsHash` is the keccak-256 of its standard ABI encoding.
struct SaleTerms {
    uint256 chainId;
    uint256 settleDeadline; // all sessions must be settled before it, or everyone takes a full refund
    Deal deal;
    Admission admission;
    Parties parties;
    Vesting vesting;
    Session[] sessions; // 1 .. 8
    Tier[] tiers; // 1 .. 32, thresholds and coefficients strictly increasing
    address[] attesters; // 1 .. 8
}

/// @notice Where the sale stands.
/// Unfunded -> Funded -> Succeeded | Failed. A funded sale that nobody settled in time reads as Failed.
enum Status {
    Unfunded,
    Funded,
    Succeeded,
    Failed
}

/// @notice What an account has done last.
enum Stage {
    None,
    Subscribed,
    Claimed,
    Refunded
}

/// @notice A participant's whole life, in one slot. `allotted` and `amount` change their meaning with the stage:
/// - Subscribed: tokens won in earlier sessions; tokens subscribed in `session`.
/// - Claimed: tokens won in all sessions; tokens of these released so far.
/// - Refunded: both 0.
struct Position {
    uint112 allotted;
    uint112 amount;
    uint16 coefficient;
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

    event Funded(address indexed funder, bytes32 indexed termsHash, uint256 supply);
    event HoldingsPublished(bytes32 indexed root);
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

    event ProceedsCollected(address indexed to, uint256 amount);
    event FeeCollected(address indexed to, uint256 amount);
    event UnsoldCollected(address indexed to, uint256 amount);
    event RemaindersSwept(uint256 tokens, uint256 payment);

    // ---------------------------------------------------------------------------------------------- errors

    // Where there are two figures: what is, and what had to be respected.

    error SubscriptionSale_WrongStatus(Status actual, Status required);

    // Opening
    error SubscriptionSale_ImplementationLocked();
    error SubscriptionSale_AlreadyStarted(uint256 timestamp, uint256 firstStart);
    error SubscriptionSale_FundingShort(uint256 received, uint256 supply);
    error SubscriptionSale_OnlyPublisher(address caller, address publisher);
    error SubscriptionSale_HoldingsAlreadyPublished(bytes32 root);
    error SubscriptionSale_HoldingsMissing();

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

    // Collecting
    error SubscriptionSale_NothingToCollect();
    error SubscriptionSale_NotAscending(address previous, address account);
    error SubscriptionSale_ClaimOpen(address account);

    // ---------------------------------------------------------------------------------------------- opening

    /// @notice Checks every rule of the terms (`ITermsRules`) and pulls the whole supply from the caller. Anyone may;
    /// without it the sale cannot open. Must happen before the first session starts.
    /// - The sale token must deliver exactly what is sent (no fee on transfer), else `FundingShort`.
    function fund() external;

    /// @notice Posts the Merkle root over `(account, holding)` (OpenZeppelin's standard tree), once, before the first
    /// session starts. Only `Parties.holdingsPublisher`.
    function publishHoldings(bytes32 root) external;

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

    /// @notice The whole deposit back, when the sale failed: soft cap missed, or not settled in time. No end date.
    function refund() external returns (uint256 refunded);

    /// @notice `refund` for `account`, by anyone; pays `account`.
    function refundFor(address account) external returns (uint256 refunded);

    /// @notice `refund` for `account`, paid to `to`, on the account's word as in `claimTo`.
    function refundTo(address account, address to, uint256 deadline, bytes calldata signature)
        external
        returns (uint256 refunded);

    // ---------------------------------------------------------------------------------------------- collecting

    /// @notice Sends the proceeds less the fee to `proceedsTo`. Anyone may, once the sale has succeeded. What is sent
    /// is what participants are sure to owe: it never reaches into a refund, whoever claims first.
    function collectProceeds() external returns (uint256 amount);

    /// @notice Sends the fee to `feeTo`. Anyone may, once the sale has succeeded.
    function collectFee() external returns (uint256 amount);

    /// @notice Sends unsold tokens (after a failure: all of them) to `unsoldTo`. Anyone may.
    function collectUnsold() external returns (uint256 amount);

    /// @notice Shows participants, in ascending order and in as many calls as one likes, whose claim is over. The call with
    /// which a caller has shown all of them sends all that is left: tokens to `unsoldTo`, payment less an uncollected
    /// fee to `proceedsTo`. Nobody unpaid can be passed over, so the remainder is never needed to pay anyone. Whoever
    /// leaves somebody out begins again from another address.
    function sweep(address[] calldata accounts) external;

    // ---------------------------------------------------------------------------------------------- views

    function terms() external view returns (SaleTerms memory);
    function termsHash() external view returns (bytes32);
    function status() external view returns (Status);
    function holdingsRoot() external view returns (bytes32);

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

    /// @notice What `claim` (or, after a failure, `refund`) would pay now.
    function claimableOf(address account) external view returns (uint256 tokens, uint256 refunded);

    /// @notice Payment that `amount` more tokens now would take, were all of them accepted, and what it would give back
    /// instead where earlier sessions left a surplus. One of the two is 0.
    function costOf(address account, uint256 amount) external view returns (uint256 due, uint256 surplus);
}
