// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {SafeTransferLib} from "solady/src/utils/SafeTransferLib.sol";

import {Delivery, EscrowStatus, IProceedsEscrow} from "../interfaces/IProceedsEscrow.sol";
import {IProjectReview} from "../interfaces/IProjectReview.sol";
import {ISubscriptionSale, Position, Stage, Status} from "../interfaces/ISubscriptionSale.sol";
import {ScheduleMath} from "./libraries/ScheduleMath.sol";
import {Terms, TermsCode} from "./libraries/TermsCode.sol";

/// @title The proceeds of one sale. See `IProceedsEscrow`.
/// @notice Created by the launchpad as clones whose code ends with the address of their sale; this implementation itself
/// is locked. Nothing is written when time passes: each function first looks at what time has made of what is stored.
contract ProceedsEscrow is IProceedsEscrow {
    /// @notice The delivery, as it was when somebody last changed it. Times fit for nine million years.
    struct Progress {
        uint8 current;
        uint32 attestations;
        uint48 attestedAt;
        uint48 exitAt; // 0: nothing has opened the exit right but, perhaps, time
        uint112 objected;
    }

    /// @notice What was paid of the proceeds, which are below 2^208. To the project: of which share.
    struct Payments {
        uint16 releasedBps;
        uint240 exited;
    }

    struct Slash {
        uint112 bond;
        uint128 totalWeight;
        bool isDelisted;
        bool isRemainderCollected; // of the proceeds; here is room for it
    }

    uint256 private constant CLONE = 45; // length of the EIP-1167 code, after which the sale's address stands

    address public immutable REVIEW;
    address private immutable IMPLEMENTATION = address(this);

    Progress private _progress;
    Payments private _payments;
    Slash private _slash;
    mapping(uint256 attestation => mapping(address account => bool)) private _hasObjected;

    /// @inheritdoc IProceedsEscrow
    mapping(address account => bool) public hasSharedBond;

    constructor(address review) {
        REVIEW = review;
    }

    /// @inheritdoc IProceedsEscrow
    receive() external payable {
        if (msg.sender != sale()) revert ProceedsEscrow_OnlySale(msg.sender, sale());
    }

    // -------------------------------------------------------------------------------------------- delivering

    /// @inheritdoc IProceedsEscrow
    function attest(uint256 milestone, bytes32 evidenceHash) external {
        // Check
        (ISubscriptionSale sale_, Terms terms_) = _load();
        _onlyReview();
        (Progress memory progress, EscrowStatus status) = _asOfNow(sale_, terms_);
        _require(status, EscrowStatus.Delivering);
        if (milestone != progress.current) revert ProceedsEscrow_NotCurrent(milestone, progress.current);
        if (progress.attestedAt != 0) {
            revert ProceedsEscrow_AlreadyAttested(milestone, progress.attestedAt);
        }

        // Effect
        progress.attestedAt = uint48(block.timestamp);
        ++progress.attestations;
        _progress = progress;
        emit MilestoneAttested(milestone, evidenceHash, block.timestamp + terms_.objectionSeconds());
    }

    /// @inheritdoc IProceedsEscrow
    function object() external {
        // Check
        (ISubscriptionSale sale_, Terms terms_) = _load();
        (Progress memory progress, EscrowStatus status) = _asOfNow(sale_, terms_);
        _require(status, EscrowStatus.Delivering);
        if (progress.attestedAt == 0) revert ProceedsEscrow_NotAttested(progress.current);
        if (_hasObjected[progress.attestations][msg.sender]) {
            revert ProceedsEscrow_AlreadyObjected(msg.sender);
        }
        uint256 weight = _weightOf(sale_, msg.sender);

        // Effect
        _hasObjected[progress.attestations][msg.sender] = true;
        progress.objected += uint112(weight); // together at most the tokens sold, below 2^96
        emit Objected(progress.current, msg.sender, weight, progress.objected);
        (uint256 sold,) = sale_.outcome();
        if (progress.objected * ScheduleMath.BPS >= sold * terms_.objectionBps()) _veto(terms_, progress);
        _progress = progress;
    }

    function _veto(Terms terms_, Progress memory progress) private {
        emit MilestoneVetoed(progress.current, progress.objected);
        progress.attestedAt = 0;
        progress.objected = 0;
        if (block.timestamp >= _dueOf(terms_, progress.current)) progress.exitAt = uint48(block.timestamp);
    }

    /// @inheritdoc IProceedsEscrow
    function release() external returns (uint256 amount) {
        // Check
        (ISubscriptionSale sale_, Terms terms_) = _load();
        (Progress memory progress, EscrowStatus status) = _asOfNow(sale_, terms_);
        if (status == EscrowStatus.Waiting) _require(status, EscrowStatus.Delivering);
        _fetch(sale_);
        uint256 bps = _releasedBps(terms_, progress.current);
        amount = _releasableAmount(sale_, bps);
        if (amount == 0) revert ProceedsEscrow_NothingToCollect();

        // Effect
        _payments.releasedBps = uint16(bps); // at most 10,000
        emit Released(terms_.proceedsTo(), amount);

        // Interact
        _pay(terms_.paymentToken(), terms_.proceedsTo(), amount);
    }

    // ----------------------------------------------------------------------------------------------- exiting

    /// @inheritdoc IProceedsEscrow
    function exit(address to) external returns (uint256 returned, uint256 amount) {
        return _exit(to, true);
    }

    /// @inheritdoc IProceedsEscrow
    function exitWithoutTokens(address to) external returns (uint256 returned, uint256 amount) {
        return _exit(to, false);
    }

    function _exit(address to, bool withTokens) private returns (uint256 returned, uint256 amount) {
        // Check
        (ISubscriptionSale sale_, Terms terms_) = _load();
        if (to == address(0) || to == address(sale_) || to == address(this)) {
            revert ProceedsEscrow_RecipientInvalid(to);
        }
        (Progress memory progress, EscrowStatus status) = _asOfNow(sale_, terms_);
        _require(status, EscrowStatus.Exiting);
        _fetch(sale_);
        // Whom it pays may call back: all that is read above stays as it is, nothing was written yet, and the account has
        // left by then.
        uint256 sold;
        uint256 proceeds;
        (returned, sold, proceeds) = sale_.exitFor(msg.sender, to, withTokens);
        amount = _exitDown(proceeds, _releasedBps(terms_, progress.current), returned, sold);

        // Effect
        _payments.exited += uint240(amount); // together at most the proceeds, below 2^208
        emit ExitPaid(msg.sender, to, returned, amount);

        // Interact
        _pay(terms_.paymentToken(), to, amount);
    }

    /// @dev A full product: proceeds may need 208 bits, and tokens 96.
    function _exitDown(uint256 proceeds, uint256 releasedBps, uint256 returned, uint256 sold)
        private
        pure
        returns (uint256)
    {
        return
            FixedPointMathLib.fullMulDiv(proceeds - _shareDown(proceeds, releasedBps), returned, sold);
    }

    /// @inheritdoc IProceedsEscrow
    function collectRemainder() external returns (uint256 amount) {
        // Check
        (ISubscriptionSale sale_, Terms terms_) = _load();
        (Progress memory progress, EscrowStatus status) = _asOfNow(sale_, terms_);
        _require(status, EscrowStatus.Ended);
        _fetch(sale_);
        if (_slash.isRemainderCollected) revert ProceedsEscrow_NothingToCollect();
        (, uint256 proceeds) = sale_.outcome();
        amount = proceeds - _shareDown(proceeds, _releasedBps(terms_, progress.current)) - _payments.exited;
        if (amount == 0) revert ProceedsEscrow_NothingToCollect();

        // Effect
        _slash.isRemainderCollected = true;
        emit RemainderCollected(terms_.remainderTo(), amount);

        // Interact
        _pay(terms_.paymentToken(), terms_.remainderTo(), amount);
    }

    // --------------------------------------------------------------------------------------------- delisting

    /// @inheritdoc IProceedsEscrow
    function delist(uint256 bond) external {
        // Check
        (ISubscriptionSale sale_, Terms terms_) = _load();
        _onlyReview();
        if (_slash.isDelisted) revert ProceedsEscrow_AlreadyDelisted();

        // Effect
        uint256 totalWeight = sale_.totalWeight();
        _slash.isDelisted = true;
        _slash.bond = uint112(bond); // by the rules of the review
        _slash.totalWeight = uint128(totalWeight); // tokens of 32 coefficients, each below 2^107, and of the supply
        emit Delisted(bond, totalWeight);
        (Progress memory progress, EscrowStatus status) = _asOfNow(sale_, terms_);
        if (status != EscrowStatus.Delivering) return;
        progress.attestedAt = 0;
        progress.objected = 0;
        progress.exitAt = uint48(block.timestamp);
        _progress = progress;
    }

    /// @inheritdoc IProceedsEscrow
    function shareBond(address account) external returns (uint256 amount) {
        // Check
        ISubscriptionSale sale_ = ISubscriptionSale(sale());
        if (!_slash.isDelisted) revert ProceedsEscrow_NotDelisted();
        if (hasSharedBond[account]) revert ProceedsEscrow_AlreadyShared(account);
        amount = _slash.bond * _weightOf(sale_, account) / _slash.totalWeight;

        // Effect
        hasSharedBond[account] = true;
        emit BondShared(account, amount);

        // Interact
        _pay(IProjectReview(REVIEW).rules().bondToken, account, amount);
    }

    // ----------------------------------------------------------------------------------------------- reading

    /// @dev Every function begins here or with `sale`, so that the implementation can do nothing.
    function _load() private view returns (ISubscriptionSale sale_, Terms terms_) {
        sale_ = ISubscriptionSale(sale());
        terms_ = TermsCode.loadFrom(address(sale_));
    }

    /// @inheritdoc IProceedsEscrow
    function sale() public view returns (address account) {
        if (address(this) == IMPLEMENTATION) revert ProceedsEscrow_ImplementationLocked();
        assembly ("memory-safe") {
            extcodecopy(address(), 0, CLONE, 20)
            account := shr(96, mload(0))
        }
    }

    function _onlyReview() private view {
        if (msg.sender != REVIEW) revert ProceedsEscrow_OnlyReview(msg.sender, REVIEW);
    }

    function _require(EscrowStatus actual, EscrowStatus required) private pure {
        if (actual != required) revert ProceedsEscrow_WrongStatus(actual, required);
    }

    function _weightOf(ISubscriptionSale sale_, address account) private view returns (uint256 weight) {
        weight = sale_.weightOf(account);
        if (weight == 0) revert ProceedsEscrow_NoWeight(account);
    }

    /// @dev What is stored, and what time has made of it.
    function _asOfNow(ISubscriptionSale sale_, Terms terms_)
        private
        view
        returns (Progress memory progress, EscrowStatus status)
    {
        if (sale_.status() != Status.Succeeded) return (progress, EscrowStatus.Waiting);
        progress = _progress;
        uint256 since; // the current milestone is the current one; 0: for longer than it matters
        if (progress.attestedAt != 0) {
            since = progress.attestedAt + terms_.objectionSeconds();
            if (block.timestamp < since) return (progress, EscrowStatus.Delivering);
            progress.attestedAt = 0;
            progress.objected = 0;
            ++progress.current;
        }
        if (progress.exitAt == 0) {
            if (progress.current == terms_.milestoneCount()) return (progress, EscrowStatus.Delivered);
            uint256 missedAt = FixedPointMathLib.max(_dueOf(terms_, progress.current), since);
            if (block.timestamp < missedAt) return (progress, EscrowStatus.Delivering);
            progress.exitAt = uint48(missedAt);
        }
        bool isOpen = block.timestamp < progress.exitAt + terms_.exitSeconds();
        status = isOpen ? EscrowStatus.Exiting : EscrowStatus.Ended;
    }

    /// @dev Without an attestation by then the milestone is missed.
    function _dueOf(Terms terms_, uint256 milestone) private pure returns (uint256) {
        return terms_.milestoneDeadline(milestone) + terms_.graceSeconds();
    }

    // ------------------------------------------------------------------------------------------------- money

    /// @dev Brings the proceeds in, unless they came. It comes before anything is decided by what was paid: the payment
    /// token may call back.
    function _fetch(ISubscriptionSale sale_) private {
        if (!sale_.isProceedsCollected()) sale_.collectProceeds();
    }

    /// @dev The share of the proceeds that is free for the project when `current` milestones are released.
    function _releasedBps(Terms terms_, uint256 current) private pure returns (uint256 bps) {
        bps = terms_.initialBps();
        for (uint256 i; i < current; ++i) {
            bps += terms_.milestoneShareBps(i);
        }
    }

    function _shareDown(uint256 proceeds, uint256 bps) private pure returns (uint256) {
        return proceeds * bps / ScheduleMath.BPS;
    }

    function _releasableAmount(ISubscriptionSale sale_, uint256 bps) private view returns (uint256) {
        (, uint256 proceeds) = sale_.outcome();
        return _shareDown(proceeds, bps) - _shareDown(proceeds, _payments.releasedBps);
    }

    /// @dev Sends `amount` of a token, or of the native coin for address(0).
    function _pay(address token, address to, uint256 amount) private {
        if (amount == 0) return; // some tokens refuse it
        if (token == address(0)) SafeTransferLib.safeTransferETH(to, amount);
        else SafeTransferLib.safeTransfer(token, to, amount);
    }

    // ------------------------------------------------------------------------------------------------- views

    /// @inheritdoc IProceedsEscrow
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
        )
    {
        (, Terms terms_) = _load();
        return (
            terms_.initialBps(),
            terms_.graceSeconds(),
            terms_.objectionSeconds(),
            terms_.objectionBps(),
            terms_.exitSeconds(),
            terms_.remainderTo()
        );
    }

    /// @inheritdoc IProceedsEscrow
    function milestoneCount() external view returns (uint256) {
        (, Terms terms_) = _load();
        return terms_.milestoneCount();
    }

    /// @inheritdoc IProceedsEscrow
    function milestoneOf(uint256 index) external view returns (uint256 shareBps, uint256 deadline) {
        (, Terms terms_) = _load();
        if (index >= terms_.milestoneCount()) return (0, 0);
        return (terms_.milestoneShareBps(index), terms_.milestoneDeadline(index));
    }

    /// @inheritdoc IProceedsEscrow
    function delivery() external view returns (Delivery memory shown) {
        (ISubscriptionSale sale_, Terms terms_) = _load();
        (Progress memory progress, EscrowStatus status) = _asOfNow(sale_, terms_);
        if (status == EscrowStatus.Waiting) return shown;
        bool isDue = status == EscrowStatus.Delivering && progress.attestedAt == 0;
        shown = Delivery({
            status: status,
            current: progress.current,
            attestedAt: progress.attestedAt,
            objected: progress.objected,
            attestations: progress.attestations,
            exitAt: isDue ? _dueOf(terms_, progress.current) : progress.exitAt,
            releasedBps: _releasedBps(terms_, progress.current)
        });
    }

    /// @inheritdoc IProceedsEscrow
    function releasableAmount() external view returns (uint256) {
        (ISubscriptionSale sale_, Terms terms_) = _load();
        (Progress memory progress, EscrowStatus status) = _asOfNow(sale_, terms_);
        if (status == EscrowStatus.Waiting) return 0;
        return _releasableAmount(sale_, _releasedBps(terms_, progress.current));
    }

    /// @inheritdoc IProceedsEscrow
    function exitOf(address account) external view returns (uint256 returned, uint256 amount) {
        (ISubscriptionSale sale_, Terms terms_) = _load();
        (uint256 sold, uint256 proceeds) = sale_.outcome();
        Position memory position = sale_.positionOf(account);
        if (sold == 0 || position.stage == Stage.Exited) return (0, 0);
        (uint256 tokens,) = sale_.claimableOf(account);
        returned = sale_.allotmentOf(account) - tokens;
        if (position.stage == Stage.Claimed) returned -= position.amount;
        (Progress memory progress,) = _asOfNow(sale_, terms_);
        amount = _exitDown(proceeds, _releasedBps(terms_, progress.current), returned, sold);
    }

    /// @inheritdoc IProceedsEscrow
    function hasObjected(address account) external view returns (bool) {
        return _hasObjected[_progress.attestations][account];
    }

    /// @inheritdoc IProceedsEscrow
    function slash() external view returns (uint256 bond, uint256 totalWeight) {
        return (_slash.bond, _slash.totalWeight);
    }
}
