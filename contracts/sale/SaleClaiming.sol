// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";

import {ISubscriptionSale, Status} from "../../interfaces/ISubscriptionSale.sol";
import {PositionWord} from "../libraries/PositionWord.sol";
import {ScheduleMath} from "../libraries/ScheduleMath.sol";
import {Terms, TermsCode} from "../libraries/TermsCode.sol";
import {SaleBase} from "./SaleBase.sol";

/// @title Claiming: tokens and refund after a success, the whole deposit after a failure.
abstract contract SaleClaiming is SaleBase, EIP712 {
    bytes32 private constant CLAIM_TO_TYPEHASH =
        keccak256("ClaimTo(address account,address to,uint256 nonce,uint256 deadline)");
    bytes32 private constant REFUND_TO_TYPEHASH =
        keccak256("RefundTo(address account,address to,uint256 nonce,uint256 deadline)");

    // --------------------------------------------------------------------------------------- after a success

    /// @inheritdoc ISubscriptionSale
    function claim() external returns (uint256 tokens, uint256 refunded) {
        return _claim(msg.sender, msg.sender);
    }

    /// @inheritdoc ISubscriptionSale
    function claimFor(address account) external returns (uint256 tokens, uint256 refunded) {
        return _claim(account, account);
    }

    /// @inheritdoc ISubscriptionSale
    function claimTo(address account, address to, uint256 deadline, bytes calldata signature)
        external
        returns (uint256 tokens, uint256 refunded)
    {
        _checkConsent(CLAIM_TO_TYPEHASH, account, to, deadline, signature);
        (tokens, refunded) = _claim(account, to);
        emit Redirected(account, to);
    }

    function _claim(address account, address to) private returns (uint256 tokens, uint256 refunded) {
        // Check
        Terms terms_ = TermsCode.loadHead();
        if (!_hasSucceeded(terms_)) revert SubscriptionSale_WrongStatus(status(), Status.Succeeded);
        PositionWord position = _positionOf[account];
        if (position.isNone()) revert SubscriptionSale_NothingSubscribed(account);

        // Effect
        PositionWord claimed;
        (claimed, tokens, refunded) = _payoutOf(terms_, position);
        if (tokens == 0 && !position.isSubscribed()) revert SubscriptionSale_NothingToClaim(account);
        _positionOf[account] = claimed;
        emit Claimed(account, tokens, refunded);

        // Interact: the refund first. What is still owed when a token calls back must be tokens: if these were swept then, the
        // transfer would fail and all of it with it; a swept refund would be paid from the proceeds.
        _pay(terms_.paymentToken(), to, refunded);
        _pay(terms_.saleToken(), to, tokens);
    }

    /// @inheritdoc ISubscriptionSale
    function claimRefund(address account) external returns (uint256 refunded) {
        // Check
        Terms terms_ = TermsCode.loadHead();
        if (!_hasSucceeded(terms_)) revert SubscriptionSale_WrongStatus(status(), Status.Succeeded);
        PositionWord position = _positionOf[account];
        if (position.isNone()) revert SubscriptionSale_NothingSubscribed(account);
        if (!position.isSubscribed()) revert SubscriptionSale_NothingToClaim(account);

        // Effect
        PositionWord claimed;
        (claimed,, refunded) = _payoutOf(terms_, position);
        _positionOf[account] = position.claimed(claimed.allotted(), 0);
        emit Claimed(account, 0, refunded);

        // Interact
        _pay(terms_.paymentToken(), account, refunded);
    }

    /// @dev The last session's settlement is only kept by a sale that succeeds. Reading it saves a claim, which mostly
    /// needs it anyway, the 2,100 gas of reading the status.
    function _hasSucceeded(Terms terms_) internal view returns (bool) {
        unchecked {
            return _settlementOf[terms_.sessionCount() - 1].isSettled(); // there is at least one session
        }
    }

    /// @dev What a successful sale owes a position now, and the position after it. No difference can be negative: nobody
    /// is allotted more than was subscribed, and what has vested never shrinks.
    function _payoutOf(Terms terms_, PositionWord position)
        internal
        view
        returns (PositionWord claimed, uint256 tokens, uint256 refunded)
    {
        unchecked {
            uint256 allotted = position.allotted();
            uint256 released;
            if (!position.isSubscribed()) {
                if (position.isExited()) return (position, 0, 0);
                released = position.amount();
            } else {
                uint256 asked = allotted + position.amount();
                allotted = _allotmentOf(position);
                refunded = _costUp(terms_, asked) - _costUp(terms_, allotted);
            }
            uint256 vested = ScheduleMath.vestedDown(
                allotted,
                block.timestamp,
                terms_.vestingStart(),
                terms_.unlockBps(),
                terms_.cliffSeconds(),
                terms_.durationSeconds(),
                terms_.stepSeconds()
            );
            tokens = vested - released;
            claimed = position.claimed(allotted, vested);
        }
    }

    // --------------------------------------------------------------------------------------- after a failure

    /// @inheritdoc ISubscriptionSale
    function refund() external returns (uint256 refunded) {
        return _refund(msg.sender, msg.sender);
    }

    /// @inheritdoc ISubscriptionSale
    function refundFor(address account) external returns (uint256 refunded) {
        return _refund(account, account);
    }

    /// @inheritdoc ISubscriptionSale
    function refundTo(address account, address to, uint256 deadline, bytes calldata signature)
        external
        returns (uint256 refunded)
    {
        _checkConsent(REFUND_TO_TYPEHASH, account, to, deadline, signature);
        refunded = _refund(account, to);
        emit Redirected(account, to);
    }

    function _refund(address account, address to) private returns (uint256 refunded) {
        // Check
        _requireStatus(Status.Failed);
        PositionWord position = _positionOf[account];
        if (position.isNone()) revert SubscriptionSale_NothingSubscribed(account);
        if (position.isRefunded()) revert SubscriptionSale_NothingToClaim(account);

        // Effect
        Terms terms_ = TermsCode.loadHead();
        refunded = _costUp(terms_, position.tokens());
        _positionOf[account] = position.refunded(_weightOf(position));
        emit Refunded(account, refunded);

        // Interact
        _pay(terms_.paymentToken(), to, refunded);
    }

    // ------------------------------------------------------------------------------------ to another address

    /// @dev The account itself calls, or signed this very payout.
    function _checkConsent(
        bytes32 typehash,
        address account,
        address to,
        uint256 deadline,
        bytes calldata signature
    ) private view {
        if (to == address(0) || to == address(this)) revert SubscriptionSale_RecipientInvalid(to);
        if (msg.sender == account) return;
        if (block.timestamp >= deadline) {
            revert SubscriptionSale_SignatureExpired(block.timestamp, deadline);
        }
        bytes32 message = keccak256(abi.encode(typehash, account, to, nonceOf(account), deadline));
        if (!SignatureChecker.isValidSignatureNow(account, _hashTypedDataV4(message), signature)) {
            revert SubscriptionSale_SignatureInvalid(account);
        }
    }

    /// @inheritdoc ISubscriptionSale
    function nonceOf(address account) public view returns (uint256) {
        return PositionWord.unwrap(_positionOf[account]);
    }

    // ------------------------------------------------------------------------------------------------- views

    /// @inheritdoc ISubscriptionSale
    function claimableOf(address account) external view returns (uint256 tokens, uint256 refunded) {
        Terms terms_ = TermsCode.loadHead();
        PositionWord position = _positionOf[account];
        Status current = status();
        if (current == Status.Succeeded) {
            (, tokens, refunded) = _payoutOf(terms_, position);
        }
        if (current == Status.Failed) refunded = _depositOf(terms_, position);
    }
}
