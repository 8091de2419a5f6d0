// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ISubscriptionSale, Status} from "../../interfaces/ISubscriptionSale.sol";
import {PositionWord} from "../libraries/PositionWord.sol";
import {Terms, TermsCode} from "../libraries/TermsCode.sol";
import {SaleClaiming} from "./SaleClaiming.sol";
import {SaleCollecting} from "./SaleCollecting.sol";

/// @title Exiting: a last claim, with which what has not vested goes back. What it is worth, the escrow knows.
abstract contract SaleExiting is SaleClaiming, SaleCollecting {
    /// @inheritdoc ISubscriptionSale
    function exitFor(address account, address to, bool withTokens)
        external
        returns (uint256 returned, uint256 sold, uint256 proceeds)
    {
        // Check
        address escrow_ = escrow();
        if (msg.sender != escrow_) revert SubscriptionSale_OnlyEscrow(msg.sender, escrow_);
        _requireStatus(Status.Succeeded);
        PositionWord position = _positionOf[account];
        if (position.isNone()) revert SubscriptionSale_NothingSubscribed(account);

        // Effect
        (sold, proceeds) = outcome();
        Terms terms_ = TermsCode.loadHead();
        (PositionWord claimed, uint256 tokens, uint256 refunded) = _payoutOf(terms_, position);
        unchecked {
            returned = claimed.allotted() - claimed.amount(); // never more has vested than was allotted
        }
        if (returned == 0 || position.isExited()) revert SubscriptionSale_NothingToReturn(account);
        uint256 given = withTokens ? 0 : tokens;
        uint256 kept = claimed.amount() - given;
        _positionOf[account] = position.exited(claimed.allotted(), kept);
        _collection.returned += uint112(returned + given); // together at most the supply
        emit Exited(account, kept, returned, refunded);

        // Interact, in the order of a claim
        _pay(terms_.paymentToken(), to, refunded);
        _pay(terms_.saleToken(), to, tokens - given);
    }
}
