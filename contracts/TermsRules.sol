// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ITermsRules} from "../interfaces/ITermsRules.sol";
import {
    Admission,
    Allocation,
    Deal,
    EscrowTerms,
    HoldingsTerms,
    ListingTerms,
    Milestone,
    Parties,
    SaleTerms,
    Session,
    STATISTIC_BETTER_OF,
    Tier,
    Vesting
} from "../interfaces/Terms.sol";
import {PriceMath} from "./libraries/PriceMath.sol";
import {ScheduleMath} from "./libraries/ScheduleMath.sol";
import {TermsCode} from "./libraries/TermsCode.sol";

/// @title The rules that terms must respect for a sale to be listed, and how they are packed. See `ITermsRules`.
contract TermsRules is ITermsRules {
    uint256 private constant MAX_SESSIONS = 8; // storage is laid out for these
    uint256 private constant MAX_TIERS = 32; // bounds the gas of settlement
    uint256 private constant MAX_ATTESTERS = 8; // bounds the gas of a refused subscription
    uint256 private constant MAX_MILESTONES = 12; // bounds the gas of finding the current one
    uint256 private constant MAX_OBJECTION = 5_000; // a majority can always object: rounding keeps all from being possible
    uint256 private constant MAX_ALLOCATIONS = 16; // bounds the gas of listing
    uint256 private constant MAX_DAYS = 366; // bounds what whoever counts holdings has to look at
    uint256 private constant MAX_EXCLUDED = 256; // bounds the gas of listing
    uint256 private constant MAX_COEFFICIENT = 65_534; // one less than uint16, so that "nobody in full" fits too
    uint256 private constant MAX_CHAIN = type(uint64).max;
    uint256 private constant MAX_APPLICATION = type(uint32).max;
    uint256 private constant MAX_TIME = type(uint40).max;
    uint256 private constant MAX_WINDOW = type(uint32).max; // 136 years
    uint256 private constant MAX_AMOUNT = type(uint112).max;
    // The demand of one coefficient is kept below 2^107: 2,048 times this.
    uint256 private constant MAX_SUPPLY = type(uint96).max;

    // Bytes of the packed terms: all before the lists, then a row of each list.
    uint256 private constant FIXED = 459;
    uint256 private constant SESSION = 36;
    uint256 private constant TIER = 16;
    uint256 private constant ATTESTER = 20;
    uint256 private constant MILESTONE = 7;

    /// @inheritdoc ITermsRules
    function pack(ListingTerms calldata terms, uint256 applicationId)
        external
        view
        returns (bytes memory packed)
    {
        _most("applicationId", applicationId, MAX_APPLICATION);
        _checkSale(terms.sale);
        _checkHoldings(terms.holdings, terms.sale);
        _checkEscrow(terms.escrow, terms.sale.settleDeadline);
        _checkAllocations(terms.allocations);
        return _pack(terms, applicationId);
    }

    /// @inheritdoc ITermsRules
    function termsOf(address sale) external view returns (SaleTerms memory) {
        return TermsCode.loadFrom(sale).unpack();
    }

    // ------------------------------------------------------------------------------------------------- sale

    function _checkSale(SaleTerms calldata sale) private view {
        _most("chainId", sale.chainId, MAX_CHAIN);
        _equal("chainId", sale.chainId, block.chainid);
        uint256 supply = _checkSessions(sale);
        _checkDeal(sale.deal, supply);
        _checkAdmission(sale.admission, sale.attesters);
        _checkParties(sale.parties);
        _checkSchedule("vesting.", 8, sale.vesting);
        _least("tiers", sale.tiers.length, 1);
        _checkTiers("tier", 4, sale.tiers);
    }

    function _checkSessions(SaleTerms calldata sale) private pure returns (uint256 supply) {
        uint256 count = sale.sessions.length;
        _least("sessions", count, 1);
        _most("sessions", count, MAX_SESSIONS);
        uint256 end;
        for (uint256 i; i < count; ++i) {
            Session calldata session = sale.sessions[i];
            _least("session.start", session.start, end);
            _most("session.start", session.start, MAX_TIME);
            _least("session.end", session.end, session.start + 1);
            _most("session.end", session.end, MAX_TIME);
            _least("session.supply", session.supply, 1);
            _most("session.supply", session.supply, MAX_AMOUNT);
            if (session.limit != 0) _least("session.limit", session.limit, session.supply);
            _most("session.limit", session.limit, MAX_AMOUNT);
            supply += session.supply;
            end = session.end;
        }
        _most("supply", supply, MAX_SUPPLY);
        _least("settleDeadline", sale.settleDeadline, end + 1);
        _most("settleDeadline", sale.settleDeadline, MAX_TIME);
    }

    function _checkDeal(Deal calldata deal, uint256 supply) private view {
        _least("saleToken.code", deal.saleToken.code.length, 1);
        if (deal.paymentToken != address(0)) {
            _least("paymentToken.code", deal.paymentToken.code.length, 1);
            _differ("paymentToken", deal.paymentToken, deal.saleToken);
        }
        _least("price", deal.price, 1);
        _most("price", deal.price, MAX_AMOUNT);
        _least("priceUnit", deal.priceUnit, 1);
        _most("priceUnit", deal.priceUnit, MAX_AMOUNT);
        _least("minimum", deal.minimum, 1);
        _most("minimum", deal.minimum, MAX_AMOUNT);
        if (deal.accountCap != 0) _least("accountCap", deal.accountCap, deal.minimum);
        _most("accountCap", deal.accountCap, supply); // above it, it caps nothing
        _most("softCap", deal.softCap, PriceMath.costDown(supply, deal.price, deal.priceUnit));
        _most("softCap", deal.softCap, MAX_AMOUNT);
    }

    function _checkAdmission(Admission calldata admission, address[] calldata attesters) private view {
        _least("passRegistry.code", admission.passRegistry.code.length, 1);
        _least("level", admission.level, 1);
        _most("level", admission.level, type(uint8).max);
        _least("attesters", attesters.length, 1);
        _most("attesters", attesters.length, MAX_ATTESTERS);
        for (uint256 i; i < attesters.length; ++i) {
            _notZero("attester", attesters[i]);
        }
        uint256[4] calldata admitted = admission.jurisdictions;
        _least("jurisdictions", admitted[0] | admitted[1] | admitted[2] | admitted[3], 1);
        _most("jurisdictions", admitted[3], (1 << (1000 - 768)) - 1); // codes end at 999
    }

    function _checkParties(Parties calldata parties) private pure {
        _notZero("holdingsPublisher", parties.holdingsPublisher);
        _least("challengeSeconds", parties.challengeSeconds, 1);
        _most("challengeSeconds", parties.challengeSeconds, MAX_WINDOW);
        _notZero("proceedsTo", parties.proceedsTo);
        _notZero("unsoldTo", parties.unsoldTo);
        _notZero("feeTo", parties.feeTo);
        _most("feeBps", parties.feeBps, ScheduleMath.BPS);
    }

    /// @dev `row` is what a row is called, and `length` how many letters that has; the table is called so in the plural.
    function _checkTiers(bytes32 row, uint256 length, Tier[] calldata tiers) private pure {
        uint256 shift = 8 * length;
        bytes32 thresholds = row | bytes32(".threshold") >> shift;
        bytes32 coefficients = row | bytes32(".coefficient") >> shift;
        _most(row | bytes32("s") >> shift, tiers.length, MAX_TIERS);
        uint256 threshold;
        uint256 coefficient;
        for (uint256 i; i < tiers.length; ++i) {
            Tier calldata tier = tiers[i];
            // Rising from 1: who proves a holding of 0 has no coefficient.
            if (tier.threshold <= threshold) _fail(thresholds, tier.threshold, threshold);
            _most(thresholds, tier.threshold, MAX_AMOUNT);
            _least(coefficients, tier.coefficient, coefficient + 1);
            _most(coefficients, tier.coefficient, MAX_COEFFICIENT);
            threshold = tier.threshold;
            coefficient = tier.coefficient;
        }
    }

    // --------------------------------------------------------------------------------------------- holdings

    function _checkHoldings(HoldingsTerms calldata holdings, SaleTerms calldata sale) private pure {
        _least("holdings.chainId", holdings.chainId, 1);
        _most("holdings.chainId", holdings.chainId, MAX_CHAIN);
        _notZero("holdings.token", holdings.token);
        _least("holdings.dayCount", holdings.dayCount, 1);
        _most("holdings.dayCount", holdings.dayCount, MAX_DAYS);
        _most("holdings.drawTime", holdings.drawTime, MAX_TIME);
        // One window to post, one to challenge, one to decide.
        uint256 earliest = holdings.drawTime + 3 * sale.parties.challengeSeconds;
        _least("session.start", sale.sessions[0].start, earliest);
        _least("holdings.seedChainId", holdings.seedChainId, 1);
        _most("holdings.seedChainId", holdings.seedChainId, MAX_CHAIN);
        _most("holdings.statistic", holdings.statistic, STATISTIC_BETTER_OF);
        _checkMinimumTiers(holdings, sale.tiers);
        _most("holdings.excluded", holdings.excluded.length, MAX_EXCLUDED);
        uint256 before;
        for (uint256 i; i < holdings.excluded.length; ++i) {
            uint256 account = uint160(holdings.excluded[i]);
            _least("holdings.excluded", account, before + 1);
            before = account;
        }
    }

    /// @dev Each of their coefficients is one of `tiers`: the threshold there is the holding that is published.
    function _checkMinimumTiers(HoldingsTerms calldata holdings, Tier[] calldata tiers) private pure {
        Tier[] calldata rows = holdings.minimumTiers;
        bool isAsked = holdings.statistic == STATISTIC_BETTER_OF;
        _least("minimumTiers", rows.length, isAsked ? 1 : 0);
        _most("minimumTiers", rows.length, isAsked ? MAX_TIERS : 0);
        _checkTiers("minimumTier", 11, rows);
        uint256 found;
        for (uint256 i; i < rows.length; ++i) {
            uint256 coefficient = rows[i].coefficient;
            _most("minimumTier.coefficient", coefficient, tiers[tiers.length - 1].coefficient);
            while (tiers[found].coefficient < coefficient) ++found;
            _equal("minimumTier.coefficient", coefficient, tiers[found].coefficient);
        }
    }

    // ----------------------------------------------------------------------------------------------- escrow

    function _checkEscrow(EscrowTerms calldata escrow, uint256 settleDeadline) private pure {
        Milestone[] calldata milestones = escrow.milestones;
        uint256 least = milestones.length == 0 ? 0 : 1; // without milestones there is nothing to object to or to miss
        _most("escrow.initialBps", escrow.initialBps, ScheduleMath.BPS);
        _most("escrow.graceSeconds", escrow.graceSeconds, MAX_WINDOW);
        _least("escrow.objectionSeconds", escrow.objectionSeconds, least);
        _most("escrow.objectionSeconds", escrow.objectionSeconds, MAX_WINDOW);
        _least("escrow.objectionBps", escrow.objectionBps, least);
        _most("escrow.objectionBps", escrow.objectionBps, MAX_OBJECTION);
        _least("escrow.exitSeconds", escrow.exitSeconds, least);
        _most("escrow.exitSeconds", escrow.exitSeconds, MAX_WINDOW);
        _notZero("escrow.remainderTo", escrow.remainderTo);

        _most("milestones", milestones.length, MAX_MILESTONES);
        uint256 shares = escrow.initialBps;
        uint256 earliest = settleDeadline; // until then it is not sure that there are proceeds
        for (uint256 i; i < milestones.length; ++i) {
            Milestone calldata milestone = milestones[i];
            _least("milestone.shareBps", milestone.shareBps, 1);
            _most("milestone.shareBps", milestone.shareBps, ScheduleMath.BPS);
            _least("milestone.deadline", milestone.deadline, earliest);
            _most("milestone.deadline", milestone.deadline, MAX_TIME);
            if (milestone.descriptionHash == 0) _fail("milestone.descriptionHash", 0, 0);
            shares += milestone.shareBps;
            earliest = milestone.deadline + 1;
        }
        _equal("escrow.shares", shares, ScheduleMath.BPS);
    }

    // ------------------------------------------------------------------------------------------- allocations

    function _checkAllocations(Allocation[] calldata allocations) private pure {
        _most("allocations", allocations.length, MAX_ALLOCATIONS);
        for (uint256 i; i < allocations.length; ++i) {
            Allocation calldata allocation = allocations[i];
            _notZero("allocation.beneficiary", allocation.beneficiary);
            _least("allocation.amount", allocation.amount, 1);
            _most("allocation.amount", allocation.amount, MAX_SUPPLY);
            _checkSchedule("allocation.", 11, allocation.schedule);
        }
    }

    /// @dev `section` is what the names of the fields begin with, `length` how many letters these are.
    function _checkSchedule(bytes32 section, uint256 length, Vesting calldata schedule) private pure {
        uint256 shift = 8 * length;
        bytes32 unlockBps = section | bytes32("unlockBps") >> shift;
        _most(section | bytes32("start") >> shift, schedule.start, MAX_TIME);
        _most(section | bytes32("durationSeconds") >> shift, schedule.durationSeconds, MAX_TIME);
        _most(unlockBps, schedule.unlockBps, ScheduleMath.BPS);
        _most(section | bytes32("cliffSeconds") >> shift, schedule.cliffSeconds, schedule.durationSeconds);
        _most(section | bytes32("stepSeconds") >> shift, schedule.stepSeconds, schedule.durationSeconds);
        if (schedule.durationSeconds == 0) _equal(unlockBps, schedule.unlockBps, ScheduleMath.BPS);
    }

    // ---------------------------------------------------------------------------------------------- packing

    /// @dev Every value fits the size it is given, because it kept its rule.
    function _pack(ListingTerms calldata terms, uint256 applicationId)
        private
        pure
        returns (bytes memory packed)
    {
        SaleTerms calldata sale = terms.sale;
        EscrowTerms calldata escrow = terms.escrow;
        uint256 size = FIXED + sale.sessions.length * SESSION + sale.tiers.length * TIER
            + sale.attesters.length * ATTESTER + escrow.milestones.length * MILESTONE;
        bytes32 termsHash = keccak256(abi.encode(terms));
        packed = new bytes(size + 32); // the last value is written with a whole word
        uint256 place;
        assembly ("memory-safe") {
            mstore(packed, size)
            place := add(packed, 0x20)
        }
        place = _put(place, uint256(termsHash), 32);
        place = _put(place, applicationId, 4);
        place = _putSale(place, sale, escrow.milestones.length);
        place = _putEscrow(place, escrow);
        place = _put(place, terms.holdings.drawTime, 5);
        place = _putSessions(place, sale.sessions);
        place = _putTiers(place, sale.tiers);
        place = _putAttesters(place, sale.attesters);
        _putMilestones(place, escrow.milestones);
    }

    function _putSale(uint256 place, SaleTerms calldata sale, uint256 milestones)
        private
        pure
        returns (uint256)
    {
        Deal calldata deal = sale.deal;
        place = _put(place, sale.settleDeadline, 5);
        place = _put(place, uint160(deal.saleToken), 20);
        place = _put(place, uint160(deal.paymentToken), 20);
        place = _put(place, deal.price, 14);
        place = _put(place, deal.priceUnit, 14);
        place = _put(place, sale.vesting.start, 5);
        place = _put(place, sale.vesting.unlockBps, 2);
        place = _put(place, sale.vesting.cliffSeconds, 5);
        place = _put(place, sale.vesting.durationSeconds, 5);
        place = _put(place, sale.vesting.stepSeconds, 5);
        place = _put(place, sale.sessions.length, 1);
        place = _put(place, sale.tiers.length, 1);
        place = _put(place, sale.attesters.length, 1);
        place = _put(place, milestones, 1);
        place = _put(place, deal.accountCap, 12);
        place = _put(place, deal.minimum, 14);
        place = _put(place, uint160(sale.admission.passRegistry), 20);
        place = _put(place, sale.admission.level, 1);
        for (uint256 i; i < 4; ++i) {
            place = _put(place, sale.admission.jurisdictions[i], 32);
        }
        place = _put(place, sale.chainId, 8);
        place = _put(place, deal.softCap, 14);
        place = _put(place, uint160(sale.parties.holdingsPublisher), 20);
        place = _put(place, sale.parties.challengeSeconds, 4);
        place = _put(place, uint160(sale.parties.proceedsTo), 20);
        place = _put(place, uint160(sale.parties.unsoldTo), 20);
        place = _put(place, uint160(sale.parties.feeTo), 20);
        return _put(place, sale.parties.feeBps, 2);
    }

    function _putEscrow(uint256 place, EscrowTerms calldata escrow) private pure returns (uint256) {
        place = _put(place, escrow.initialBps, 2);
        place = _put(place, escrow.objectionBps, 2);
        place = _put(place, escrow.objectionSeconds, 4);
        place = _put(place, escrow.graceSeconds, 4);
        place = _put(place, escrow.exitSeconds, 4);
        return _put(place, uint160(escrow.remainderTo), 20);
    }

    function _putSessions(uint256 place, Session[] calldata sessions) private pure returns (uint256) {
        for (uint256 i; i < sessions.length; ++i) {
            Session calldata session = sessions[i];
            place = _put(place, session.start, 5);
            place = _put(place, session.end, 5);
            place = _put(place, session.supply, 12);
            place = _put(place, session.limit, 14);
        }
        return place;
    }

    function _putTiers(uint256 place, Tier[] calldata tiers) private pure returns (uint256) {
        for (uint256 i; i < tiers.length; ++i) {
            place = _put(place, tiers[i].threshold, 14);
            place = _put(place, tiers[i].coefficient, 2);
        }
        return place;
    }

    function _putAttesters(uint256 place, address[] calldata attesters) private pure returns (uint256) {
        for (uint256 i; i < attesters.length; ++i) {
            place = _put(place, uint160(attesters[i]), 20);
        }
        return place;
    }

    function _putMilestones(uint256 place, Milestone[] calldata milestones) private pure {
        for (uint256 i; i < milestones.length; ++i) {
            place = _put(place, milestones[i].shareBps, 2);
            place = _put(place, milestones[i].deadline, 5);
        }
    }

    /// @dev Writes `value` as `size` bytes, with zeros behind it that the next one overwrites, and says where that goes.
    function _put(uint256 place, uint256 value, uint256 size) private pure returns (uint256) {
        unchecked {
            uint256 shift = 256 - 8 * size;
            assembly ("memory-safe") {
                mstore(place, shl(shift, value))
            }
            return place + size; // memory ends far below 2^256
        }
    }

    // ----------------------------------------------------------------------------------------------- bounds

    function _least(bytes32 field, uint256 given, uint256 bound) private pure {
        if (given < bound) _fail(field, given, bound);
    }

    function _most(bytes32 field, uint256 given, uint256 bound) private pure {
        if (given > bound) _fail(field, given, bound);
    }

    function _equal(bytes32 field, uint256 given, uint256 bound) private pure {
        if (given != bound) _fail(field, given, bound);
    }

    function _differ(bytes32 field, address given, address other) private pure {
        if (given == other) _fail(field, uint160(given), uint160(other));
    }

    function _notZero(bytes32 field, address given) private pure {
        _differ(field, given, address(0));
    }

    function _fail(bytes32 field, uint256 given, uint256 bound) private pure {
        revert TermsRules_Invalid(field, given, bound);
    }
}
