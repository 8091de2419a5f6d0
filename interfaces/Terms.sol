// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title The terms of a sale: everything that is reviewed and can then not change.
/// @notice Units. "Tokens" are base units of the sale token, "payment" is base units of the payment token (or wei), times
/// are Unix seconds below 2^40, shares are basis points (1/10,000). Every window is half-open: `start <= now < end`.
/// The bounds that each field has to respect stand in `contracts/TermsRules.sol`.

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
    address holdingsPublisher; // posts the root of (account, holding)
    uint256 challengeSeconds; // how long a posted root can be challenged; as long again is left to decide
    address proceedsTo; // receives what the escrow releases, and in the end the payment that rounding leaves
    address unsoldTo; // receives unsold and returned tokens, and in the end the tokens that rounding leaves
    address feeTo; // receives the fee
    uint256 feeBps; // share of the proceeds, rounded down
}

/// @notice How an amount vests. `unlockBps` of it is free at `start`; the rest accrues evenly from
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
    uint256 threshold; // base units of the platform token, or of whatever the holdings count; below 2^112
    uint256 coefficient; // 1 .. 65,534
}

/// @notice How an account's holding is counted, so that everybody counts the same: from the `Transfer` logs of a token, what
/// the account held at one moment of each day. The `dayCount` days of 86,400 seconds end an hour before `drawTime`. The
/// moment of each is drawn with the block randomness of the first block of chain `seedChainId` that is not before
/// `drawTime`: for day n, from 0, `keccak256(abi.encode(randomness, chainId, token, n)) mod 86,400` seconds from its start.
/// What counts is the balance after the last block that is not after the moment.
struct HoldingsTerms {
    uint256 chainId; // of the token
    address token; // in its base units are the thresholds
    uint256 dayCount; // 1 .. 366
    uint256 drawTime;
    uint256 seedChainId; // the token's own, or another whose blocks have randomness
    uint256 statistic; // of the balances, one of `STATISTIC_*`
    Tier[] minimumTiers; // of STATISTIC_BETTER_OF alone; coefficients of `SaleTerms.tiers`, both strictly increasing
    address[] excluded; // 0 .. 256, strictly increasing: accounts that have no holding
}

uint256 constant STATISTIC_SUM = 0;
uint256 constant STATISTIC_MEAN = 1; // rounded down
uint256 constant STATISTIC_MINIMUM = 2;
// The mean; but at least the threshold in `tiers` of the coefficient that `minimumTiers` give the minimum.
uint256 constant STATISTIC_BETTER_OF = 3;

/// @notice What a `SubscriptionSale` is bound to.
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

/// @notice What has to be delivered for a share of the proceeds.
struct Milestone {
    uint256 shareBps; // of the proceeds
    uint256 deadline; // missed when not attested `EscrowTerms.graceSeconds` after it
    bytes32 descriptionHash; // SHA-256 of the document that says what has to be delivered
}

/// @notice What a `ProceedsEscrow` is bound to. The initial share and those of the milestones are all of the proceeds.
struct EscrowTerms {
    uint256 initialBps; // released as soon as the sale has succeeded
    uint256 graceSeconds; // from a deadline until the milestone counts as missed
    uint256 objectionSeconds; // from an attestation until its share is released
    uint256 objectionBps; // share of all allotted tokens whose owners, objecting, veto an attestation
    uint256 exitSeconds; // how long a missed milestone, or a delisting, lets participants exit
    address remainderTo; // receives what nobody exited with
    Milestone[] milestones; // 0 .. 12, in the order of their deadlines
}

/// @notice Tokens of the project itself that are locked in the `VestingVault` when the sale is listed.
struct Allocation {
    address beneficiary;
    uint256 amount; // tokens
    address revoker; // may end the vesting of what is not vested yet; address(0): nobody
    Vesting schedule;
}

/// @notice Everything that is reviewed. `termsHash` is the keccak-256 of its standard ABI encoding.
struct ListingTerms {
    SaleTerms sale;
    HoldingsTerms holdings;
    EscrowTerms escrow;
    Allocation[] allocations; // 0 .. 16
}
