// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {
    Admission,
    Deal,
    Parties,
    SaleTerms,
    Session,
    Tier,
    Vesting
} from "../../interfaces/Terms.sol";

/// @title A sale's terms, read from its own code.
/// @notice A sale is an EIP-1167 clone whose code ends with its terms, packed by `TermsRules`. One copy of them to memory
/// costs about 250 gas, where storage would cost 2,100 a word. `Terms` points to that copy, and each accessor reads one
/// field of it. The escrow reads the same code, so the terms exist once.
/// @dev Indexes must be below their counts; nothing here checks that.
type Terms is uint256;

using TermsCode for Terms global;

library TermsCode {
    /// @dev Length of the EIP-1167 code, after which the terms start.
    uint256 private constant CLONE = 45;

    /// @dev Up to and with the counts: all that a claim needs.
    uint256 private constant HEAD = 135;

    // Where the lists start, and how long their rows are. They follow one another.
    uint256 private constant SESSIONS = 459;
    uint256 private constant SESSION = 36;
    uint256 private constant TIER = 16;
    uint256 private constant ATTESTER = 20;
    uint256 private constant MILESTONE = 7;

    // --------------------------------------------------------------------------------------------- loading

    /// @notice A copy of the calling sale's terms, without what follows the counts.
    function loadHead() internal view returns (Terms terms) {
        return _copy(address(this), HEAD);
    }

    /// @notice A copy of the calling sale's terms.
    function load() internal view returns (Terms terms) {
        return loadFrom(address(this));
    }

    /// @notice A copy of the terms of another contract, which must be a sale.
    function loadFrom(address sale) internal view returns (Terms terms) {
        uint256 size;
        assembly ("memory-safe") {
            size := sub(extcodesize(sale), CLONE)
        }
        return _copy(sale, size);
    }

    function _copy(address sale, uint256 size) private view returns (Terms terms) {
        assembly ("memory-safe") {
            terms := mload(0x40)
            extcodecopy(sale, terms, CLONE, size)
            mstore(0x40, and(add(add(terms, size), 0x1f), not(0x1f)))
        }
    }

    function termsHash(Terms terms) internal pure returns (bytes32) {
        return bytes32(_field(terms, 0, 256));
    }

    function applicationId(Terms terms) internal pure returns (uint256) {
        return _field(terms, 32, 32);
    }

    function settleDeadline(Terms terms) internal pure returns (uint256) {
        return _field(terms, 36, 40);
    }

    // ------------------------------------------------------------------------------------------------ deal

    function saleToken(Terms terms) internal pure returns (address) {
        return _account(terms, 41);
    }

    function paymentToken(Terms terms) internal pure returns (address) {
        return _account(terms, 61);
    }

    function price(Terms terms) internal pure returns (uint256) {
        return _field(terms, 81, 112);
    }

    function priceUnit(Terms terms) internal pure returns (uint256) {
        return _field(terms, 95, 112);
    }

    function accountCap(Terms terms) internal pure returns (uint256) {
        return _field(terms, 135, 96);
    }

    function minimum(Terms terms) internal pure returns (uint256) {
        return _field(terms, 147, 112);
    }

    function softCap(Terms terms) internal pure returns (uint256) {
        return _field(terms, 318, 112);
    }

    // --------------------------------------------------------------------------------------------- vesting

    function vestingStart(Terms terms) internal pure returns (uint256) {
        return _field(terms, 109, 40);
    }

    function unlockBps(Terms terms) internal pure returns (uint256) {
        return _field(terms, 114, 16);
    }

    function cliffSeconds(Terms terms) internal pure returns (uint256) {
        return _field(terms, 116, 40);
    }

    function durationSeconds(Terms terms) internal pure returns (uint256) {
        return _field(terms, 121, 40);
    }

    function stepSeconds(Terms terms) internal pure returns (uint256) {
        return _field(terms, 126, 40);
    }

    // ------------------------------------------------------------------------------------------- admission

    function passRegistry(Terms terms) internal pure returns (address) {
        return _account(terms, 161);
    }

    function level(Terms terms) internal pure returns (uint256) {
        return _field(terms, 181, 8);
    }

    /// @notice Whether ISO 3166-1 numeric code `jurisdiction` is admitted.
    function admits(Terms terms, uint256 jurisdiction) internal pure returns (bool) {
        if (jurisdiction > 999) return false; // the four words end at 1,023
        return _field(terms, 182 + (jurisdiction >> 8 << 5), 256) >> (jurisdiction & 0xff) & 1 == 1;
    }

    // --------------------------------------------------------------------------------------------- parties

    function holdingsPublisher(Terms terms) internal pure returns (address) {
        return _account(terms, 332);
    }

    function challengeSeconds(Terms terms) internal pure returns (uint256) {
        return _field(terms, 352, 32);
    }

    function proceedsTo(Terms terms) internal pure returns (address) {
        return _account(terms, 356);
    }

    function unsoldTo(Terms terms) internal pure returns (address) {
        return _account(terms, 376);
    }

    function feeTo(Terms terms) internal pure returns (address) {
        return _account(terms, 396);
    }

    function feeBps(Terms terms) internal pure returns (uint256) {
        return _field(terms, 416, 16);
    }

    // ---------------------------------------------------------------------------------------------- escrow

    function initialBps(Terms terms) internal pure returns (uint256) {
        return _field(terms, 418, 16);
    }

    function objectionBps(Terms terms) internal pure returns (uint256) {
        return _field(terms, 420, 16);
    }

    function objectionSeconds(Terms terms) internal pure returns (uint256) {
        return _field(terms, 422, 32);
    }

    function graceSeconds(Terms terms) internal pure returns (uint256) {
        return _field(terms, 426, 32);
    }

    function exitSeconds(Terms terms) internal pure returns (uint256) {
        return _field(terms, 430, 32);
    }

    function remainderTo(Terms terms) internal pure returns (address) {
        return _account(terms, 434);
    }

    // -------------------------------------------------------------------------------------------- holdings

    function drawTime(Terms terms) internal pure returns (uint256) {
        return _field(terms, 454, 40);
    }

    // -------------------------------------------------------------------------------------------- sessions

    function sessionCount(Terms terms) internal pure returns (uint256) {
        return _field(terms, 131, 8);
    }

    function sessionStart(Terms terms, uint256 session) internal pure returns (uint256) {
        return _field(terms, _row(SESSIONS, session, SESSION), 40);
    }

    function sessionEnd(Terms terms, uint256 session) internal pure returns (uint256) {
        return _field(terms, _row(SESSIONS + 5, session, SESSION), 40);
    }

    function sessionSupply(Terms terms, uint256 session) internal pure returns (uint256) {
        return _field(terms, _row(SESSIONS + 10, session, SESSION), 96);
    }

    function sessionLimit(Terms terms, uint256 session) internal pure returns (uint256) {
        return _field(terms, _row(SESSIONS + 22, session, SESSION), 112);
    }

    /// @notice Tokens over all sessions.
    function supply(Terms terms) internal pure returns (uint256 sum) {
        uint256 count = sessionCount(terms);
        for (uint256 session; session < count; ++session) {
            sum += sessionSupply(terms, session);
        }
    }

    // ----------------------------------------------------------------------------------------------- tiers

    function tierCount(Terms terms) internal pure returns (uint256) {
        return _field(terms, 132, 8);
    }

    function threshold(Terms terms, uint256 tier) internal pure returns (uint256) {
        return _field(terms, _row(_tiers(terms), tier, TIER), 112);
    }

    function coefficient(Terms terms, uint256 tier) internal pure returns (uint256) {
        return _field(terms, _row(_tiers(terms) + 14, tier, TIER), 16);
    }

    /// @notice The highest tier whose threshold `holding` reaches. Where it reaches none, `coefficient_` is 0.
    function tierOf(Terms terms, uint256 holding) internal pure returns (uint256 tier, uint256 coefficient_) {
        tier = tierCount(terms);
        uint256 row = _row(_tiers(terms), tier, TIER);
        while (tier != 0) {
            unchecked {
                --tier;
                row -= TIER;
                if (holding >= _field(terms, row, 112)) return (tier, _field(terms, row + 14, 16));
            }
        }
    }

    function _tiers(Terms terms) private pure returns (uint256) {
        return _row(SESSIONS, sessionCount(terms), SESSION);
    }

    // ------------------------------------------------------------------------------------------- attesters

    function attesterCount(Terms terms) internal pure returns (uint256) {
        return _field(terms, 133, 8);
    }

    function attester(Terms terms, uint256 index) internal pure returns (address) {
        return _account(terms, _row(_attesters(terms), index, ATTESTER));
    }

    function _attesters(Terms terms) private pure returns (uint256) {
        return _row(_tiers(terms), tierCount(terms), TIER);
    }

    // ------------------------------------------------------------------------------------------ milestones

    function milestoneCount(Terms terms) internal pure returns (uint256) {
        return _field(terms, 134, 8);
    }

    function milestoneShareBps(Terms terms, uint256 index) internal pure returns (uint256) {
        return _field(terms, _row(_milestones(terms), index, MILESTONE), 16);
    }

    function milestoneDeadline(Terms terms, uint256 index) internal pure returns (uint256) {
        return _field(terms, _row(_milestones(terms) + 2, index, MILESTONE), 40);
    }

    function _milestones(Terms terms) private pure returns (uint256) {
        return _row(_attesters(terms), attesterCount(terms), ATTESTER);
    }

    // --------------------------------------------------------------------------------------------- reading

    /// @notice The part of the terms that binds a sale, as it was reviewed.
    function unpack(Terms terms) internal pure returns (SaleTerms memory unpacked) {
        unpacked.chainId = _field(terms, 310, 64);
        unpacked.settleDeadline = settleDeadline(terms);
        unpacked.deal = Deal({
            saleToken: saleToken(terms),
            paymentToken: paymentToken(terms),
            price: price(terms),
            priceUnit: priceUnit(terms),
            softCap: softCap(terms),
            accountCap: accountCap(terms),
            minimum: minimum(terms)
        });
        unpacked.admission = Admission({
            passRegistry: passRegistry(terms),
            level: level(terms),
            jurisdictions: [
                _field(terms, 182, 256),
                _field(terms, 214, 256),
                _field(terms, 246, 256),
                _field(terms, 278, 256)
            ]
        });
        unpacked.parties = Parties({
            holdingsPublisher: holdingsPublisher(terms),
            challengeSeconds: challengeSeconds(terms),
            proceedsTo: proceedsTo(terms),
            unsoldTo: unsoldTo(terms),
            feeTo: feeTo(terms),
            feeBps: feeBps(terms)
        });
        unpacked.vesting = Vesting({
            start: vestingStart(terms),
            unlockBps: unlockBps(terms),
            cliffSeconds: cliffSeconds(terms),
            durationSeconds: durationSeconds(terms),
            stepSeconds: stepSeconds(terms)
        });
        unpacked.sessions = _unpackSessions(terms);
        unpacked.tiers = new Tier[](tierCount(terms));
        for (uint256 i; i < unpacked.tiers.length; ++i) {
            unpacked.tiers[i] = Tier({threshold: threshold(terms, i), coefficient: coefficient(terms, i)});
        }
        unpacked.attesters = new address[](attesterCount(terms));
        for (uint256 i; i < unpacked.attesters.length; ++i) {
            unpacked.attesters[i] = attester(terms, i);
        }
    }

    function _unpackSessions(Terms terms) private pure returns (Session[] memory sessions) {
        sessions = new Session[](sessionCount(terms));
        for (uint256 i; i < sessions.length; ++i) {
            sessions[i] = Session({
                start: sessionStart(terms, i),
                end: sessionEnd(terms, i),
                supply: sessionSupply(terms, i),
                limit: sessionLimit(terms, i)
            });
        }
    }

    /// @dev Where a row starts, in rows of so many bytes. Cannot overflow: code is shorter than 2^16 bytes.
    function _row(uint256 first, uint256 index, uint256 bytes_) private pure returns (uint256) {
        unchecked {
            return first + index * bytes_;
        }
    }

    /// @dev A field of so many bits.
    function _field(Terms terms, uint256 offset, uint256 bits) private pure returns (uint256 value) {
        assembly ("memory-safe") {
            value := shr(sub(256, bits), mload(add(terms, offset)))
        }
    }

    function _account(Terms terms, uint256 offset) private pure returns (address) {
        return address(uint160(_field(terms, offset, 160)));
    }
}
