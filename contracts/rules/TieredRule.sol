// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Demand, ISubscriptionSale} from "../../interfaces/ISubscriptionSale.sol";
import {DemandWord} from "../libraries/DemandWord.sol";
import {PositionWord} from "../libraries/PositionWord.sol";
import {SettlementWord} from "../libraries/SettlementWord.sol";
import {Terms} from "../libraries/TermsCode.sol";
import {TieredMath} from "../libraries/TieredMath.sol";
import {SaleBase} from "../sale/SaleBase.sol";

/// @title The tiered rule in a sale: it counts what each coefficient asks for, and these totals settle a session.
abstract contract TieredRule is SaleBase {
    /// @dev Most tokens subscribed in a session by one coefficient, 2,048 times the largest supply. It keeps the weight
    /// of a settlement, at most 32 * 65,534 times as much, below 2^128.
    uint256 private constant MAX_DEMAND = (1 << 107) - 1;

    /// @inheritdoc SaleBase
    function _count(PositionWord before, PositionWord position, uint256 accepted) internal override {
        uint256 session = position.session();
        bool isNewcomer = before.isNone();
        bool isNewHere = isNewcomer || before.session() != session;
        uint256 key = _demandKey(session, position.tier());
        DemandWord demand = _demandOf[key];
        unchecked {
            uint256 room = MAX_DEMAND - demand.subscribed();
            if (accepted > room) revert SubscriptionSale_DemandTooLarge(accepted, room);
        }
        _demandOf[key] = demand.add(accepted, isNewHere ? 1 : 0, isNewcomer ? 1 : 0);
    }

    /// @inheritdoc SaleBase
    function _outcomeOf(Terms terms_, uint256 session)
        internal
        view
        override
        returns (SettlementWord settlement, uint256 sold, uint256 soldDown)
    {
        uint256 tiers = terms_.tierCount();
        uint256[] memory coefficients = new uint256[](tiers);
        DemandWord[] memory demands = new DemandWord[](tiers);
        for (uint256 tier; tier < tiers; ++tier) {
            coefficients[tier] = terms_.coefficient(tier);
            demands[tier] = _demandOf[_demandKey(session, tier)];
        }
        return TieredMath.settle(coefficients, demands, terms_.sessionSupply(session));
    }

    /// @inheritdoc SaleBase
    function _allottedDown(PositionWord position, SettlementWord settlement)
        internal
        pure
        override
        returns (uint256)
    {
        return TieredMath.allotmentDown(position.amount(), position.coefficient(), settlement);
    }

    /// @inheritdoc SaleBase
    function _subscribedIn(Terms terms_, uint256 session) internal view override returns (uint256 tokens) {
        uint256 tiers = terms_.tierCount();
        for (uint256 tier; tier < tiers; ++tier) {
            tokens += _demandOf[_demandKey(session, tier)].subscribed();
        }
    }

    /// @inheritdoc SaleBase
    function _participants(Terms terms_) internal view override returns (uint256 count) {
        uint256 sessions = terms_.sessionCount();
        uint256 tiers = terms_.tierCount();
        for (uint256 session; session < sessions; ++session) {
            for (uint256 tier; tier < tiers; ++tier) {
                count += _demandOf[_demandKey(session, tier)].newcomers();
            }
        }
    }

    /// @inheritdoc ISubscriptionSale
    function demandOf(uint256 session, uint256 tier) external view returns (Demand memory) {
        return _demandOf[_demandKey(session, tier)].unpack();
    }

    function _demandKey(uint256 session, uint256 tier) private pure returns (uint256) {
        return session << 128 | tier;
    }
}
