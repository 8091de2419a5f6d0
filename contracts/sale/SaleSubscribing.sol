// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {MerkleProofLib} from "solady/src/utils/MerkleProofLib.sol";

import {IPassRegistry} from "../../interfaces/IPassRegistry.sol";
import {ISubscriptionSale} from "../../interfaces/ISubscriptionSale.sol";
import {PositionCodec, PositionWord} from "../libraries/PositionWord.sol";
import {Terms, TermsCode} from "../libraries/TermsCode.sol";
import {SaleOpening} from "./SaleOpening.sol";

/// @title Subscribing: who may, how much, and what it costs now.
abstract contract SaleSubscribing is SaleOpening {
    /// @dev A sale that does not limit an account limits it to what a position can hold, 256 times the largest supply.
    uint256 private constant MAX_POSITION = type(uint104).max;

    /// @inheritdoc ISubscriptionSale
    function subscribe(uint256 amount, uint256 holding, bytes32[] calldata proof)
        external
        payable
        returns (uint256 accepted)
    {
        return _subscribe(TermsCode.load(), amount, holding, proof);
    }

    /// @inheritdoc ISubscriptionSale
    function subscribeWithPermit(
        uint256 amount,
        uint256 holding,
        bytes32[] calldata proof,
        uint256 value,
        uint256 deadline,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external returns (uint256 accepted) {
        Terms terms_ = TermsCode.load();
        address token = terms_.paymentToken();
        if (token == address(0)) revert SubscriptionSale_PermitNeedsToken();
        // A used permit fails and leaves the allowance it gave; a bad one leaves none, and the transfer fails.
        try IERC20Permit(token).permit(msg.sender, address(this), value, deadline, v, r, s) {} catch {}
        return _subscribe(terms_, amount, holding, proof);
    }

    function _subscribe(Terms terms_, uint256 amount, uint256 holding, bytes32[] calldata proof)
        private
        returns (uint256 accepted)
    {
        uint256 session = _openSession(terms_);
        bytes32 root = _rootInForce();
        PositionWord before = _positionOf[msg.sender];
        PositionWord entered = _enter(terms_, before, session, root, holding, proof);
        accepted = _acceptedOf(terms_, entered, session, amount);
        PositionWord position = entered.plus(accepted);

        _positionOf[msg.sender] = position;
        _count(before, position, accepted);
        emit Subscribed(msg.sender, position.coefficient(), accepted);

        uint256 deposited = before.isNone() ? 0 : _costUp(terms_, before.tokens());
        _exchange(terms_.paymentToken(), deposited, _costUp(terms_, position.tokens()));
    }

    /// @dev The session whose window is open. A later one also waits until the one before is settled.
    function _openSession(Terms terms_) private view returns (uint256 session) {
        uint256 count = terms_.sessionCount();
        while (block.timestamp >= terms_.sessionEnd(session)) {
            if (++session == count) {
                revert SubscriptionSale_Closed(block.timestamp, terms_.sessionEnd(count - 1));
            }
        }
        uint256 start = terms_.sessionStart(session);
        if (block.timestamp < start) revert SubscriptionSale_NotOpen(block.timestamp, start);
        if (session != 0 && !_settlementOf[session - 1].isSettled()) {
            revert SubscriptionSale_EarlierSessionUnsettled(session - 1);
        }
    }

    /// @dev The position as it enters the session: a newcomer is admitted; of who comes from an earlier session, that
    /// session's allotment is counted in.
    function _enter(
        Terms terms_,
        PositionWord position,
        uint256 session,
        bytes32 root,
        uint256 holding,
        bytes32[] calldata proof
    ) private view returns (PositionWord) {
        if (position.isNone()) {
            (uint256 tier, uint256 coefficient) = _admit(terms_, root, holding, proof);
            return PositionCodec.admitted(tier, coefficient, session);
        }
        if (position.session() == session) return position;
        return position.entering(session, _allotmentOf(position));
    }

    /// @dev The tier and coefficient of the caller, who proves a holding and has a pass, or the reason why there is none.
    function _admit(Terms terms_, bytes32 root, uint256 holding, bytes32[] calldata proof)
        private
        view
        returns (uint256 tier, uint256 coefficient)
    {
        if (!MerkleProofLib.verifyCalldata(proof, root, _leafOf(msg.sender, holding))) {
            revert SubscriptionSale_ProofInvalid(msg.sender, holding);
        }
        (tier, coefficient) = terms_.tierOf(holding);
        if (coefficient == 0) revert SubscriptionSale_HoldingTooLow(holding, terms_.threshold(0));
        _checkPass(terms_);
    }

    /// @dev A leaf of OpenZeppelin's standard tree: `keccak256(bytes.concat(keccak256(abi.encode(account, holding))))`.
    function _leafOf(address account, uint256 holding) private pure returns (bytes32 leaf) {
        assembly ("memory-safe") {
            mstore(0x00, account)
            mstore(0x20, holding)
            mstore(0x00, keccak256(0x00, 0x40))
            leaf := keccak256(0x00, 0x20)
        }
    }

    /// @dev One good pass is enough. Where there is none, the reason is that of the last pass found.
    function _checkPass(Terms terms_) private view {
        IPassRegistry registry = IPassRegistry(terms_.passRegistry());
        uint256 requiredLevel = terms_.level();
        uint256 level;
        uint256 jurisdiction;
        uint256 count = terms_.attesterCount();
        for (uint256 i; i < count; ++i) {
            (uint256 foundLevel, uint256 foundJurisdiction) =
                registry.standingOf(terms_.attester(i), msg.sender);
            if (foundLevel == 0) continue;
            if (foundLevel >= requiredLevel && terms_.admits(foundJurisdiction)) return;
            (level, jurisdiction) = (foundLevel, foundJurisdiction);
        }
        if (level == 0) revert SubscriptionSale_NoPass(msg.sender);
        if (level < requiredLevel) revert SubscriptionSale_PassLevelTooLow(level, requiredLevel);
        revert SubscriptionSale_JurisdictionNotAdmitted(jurisdiction);
    }

    /// @dev How much of `amount` a position may add. Counts it where the session has a limit.
    function _acceptedOf(Terms terms_, PositionWord position, uint256 session, uint256 amount)
        private
        returns (uint256 accepted)
    {
        unchecked {
            // Neither difference can be negative: cap and limit held for each earlier subscription. The sum is
            // at most the cap.
            uint256 cap = terms_.accountCap();
            if (cap == 0) cap = MAX_POSITION;
            uint256 room = cap - position.tokens();
            if (amount > room) revert SubscriptionSale_CapExceeded(amount, room);
            uint256 subscribed = position.amount() + amount;
            if (amount == 0 || subscribed < terms_.minimum()) {
                revert SubscriptionSale_BelowMinimum(subscribed, terms_.minimum());
            }

            uint256 limit = terms_.sessionLimit(session);
            if (limit == 0) return amount;
            uint256 demand = _limitedDemandOf[session].subscribed;
            room = limit - demand;
            if (room == 0) revert SubscriptionSale_LimitReached(amount, limit);
            accepted = amount < room ? amount : room;
            // Fits: at most the limit, and a time before the end of the session.
            _limitedDemandOf[session] =
                LimitedDemand({subscribed: uint112(demand + accepted), lastAt: uint40(block.timestamp)});
        }
    }

    /// @dev Moves what a changed deposit makes due, one way or the other.
    function _exchange(address token, uint256 deposited, uint256 deposit) private {
        if (deposit < deposited) {
            _take(token, 0);
            _pay(token, msg.sender, deposited - deposit);
        } else {
            _take(token, deposit - deposited);
        }
    }

    /// @dev Exactly `due`, from the caller.
    function _take(address token, uint256 due) private {
        if (token == address(0)) {
            if (msg.value < due) revert SubscriptionSale_WrongValue(msg.value, due);
            _pay(token, msg.sender, msg.value - due);
        } else {
            if (msg.value != 0) revert SubscriptionSale_WrongValue(msg.value, 0);
            if (due == 0) return;
            uint256 received = _pull(token, due);
            if (received != due) revert SubscriptionSale_PaymentShort(received, due);
        }
    }

    /// @inheritdoc ISubscriptionSale
    function costOf(address account, uint256 amount) external view returns (uint256 due, uint256 surplus) {
        if (amount > MAX_POSITION) revert SubscriptionSale_CapExceeded(amount, MAX_POSITION);
        Terms terms_ = TermsCode.loadHead();
        PositionWord position = _positionOf[account];
        uint256 deposited = _costUp(terms_, position.tokens());
        uint256 deposit = _costUp(terms_, _weightOf(position) + amount);
        if (deposit >= deposited) due = deposit - deposited;
        else surplus = deposited - deposit;
    }
}
