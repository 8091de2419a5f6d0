// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title A sale's terms, read from its own code.
/// @notice A sale is an EIP-1167 clone whose code ends with `abi.encode(SaleTerms)`. One copy of it to memory costs
/// about 500 gas, where storage would cost 2,100 a word. `Terms` points to that copy and each accessor reads one word,
/// at the place where the standard encoding puts it: `fund` refuses any other encoding, so the places are right.
/// @dev Indexes must be below their counts; nothing here checks that.
type Terms is uint256;

using TermsCode for Terms global;

library TermsCode {
    /// @dev Length of the EIP-1167 code, after which the encoding starts.
    uint256 private constant CLONE = 45;

    /// @notice A copy of the part that every sale has: everything up to and with the number of sessions.
    function loadHead() internal view returns (Terms terms) {
        assembly ("memory-safe") {
            terms := mload(0x40)
            extcodecopy(address(), terms, CLONE, 0x3c0)
            mstore(0x40, add(terms, 0x3c0))
        }
    }

    /// @notice A copy of the calling sale's terms.
    function load() internal view returns (Terms terms) {
        assembly ("memory-safe") {
            terms := mload(0x40)
            let size := sub(extcodesize(address()), CLONE)
            extcodecopy(address(), terms, CLONE, size)
            mstore(0x40, add(terms, size))
        }
    }

    /// @notice The encoding itself.
    function encoding() internal view returns (bytes memory data) {
        assembly ("memory-safe") {
            data := mload(0x40)
            let size := sub(extcodesize(address()), CLONE)
            mstore(data, size)
            extcodecopy(address(), add(data, 0x20), CLONE, size)
            mstore(0x40, add(data, add(size, 0x20)))
        }
    }

    // Word 0 of the encoding says where the tuple starts, at word 1; word 1 is the chain's id.

    function settleDeadline(Terms terms) internal pure returns (uint256) {
        return _word(terms, 0x40);
    }

    // -------------------------------------------------------------------------------------------------- deal

    function saleToken(Terms terms) internal pure returns (address) {
        return address(uint160(_word(terms, 0x60)));
    }

    function paymentToken(Terms terms) internal pure returns (address) {
        return address(uint160(_word(terms, 0x80)));
    }

    function price(Terms terms) internal pure returns (uint256) {
        return _word(terms, 0xa0);
    }

    function priceUnit(Terms terms) internal pure returns (uint256) {
        return _word(terms, 0xc0);
    }

    function softCap(Terms terms) internal pure returns (uint256) {
        return _word(terms, 0xe0);
    }

    function accountCap(Terms terms) internal pure returns (uint256) {
        return _word(terms, 0x100);
    }

    function minimum(Terms terms) internal pure returns (uint256) {
        return _word(terms, 0x120);
    }

    // --------------------------------------------------------------------------------------------- admission

    function passRegistry(Terms terms) internal pure returns (address) {
        return address(uint160(_word(terms, 0x140)));
    }

    function level(Terms terms) internal pure returns (uint256) {
        return _word(terms, 0x160);
    }

    /// @notice Whether ISO 3166-1 numeric code `jurisdiction` is admitted.
    function admits(Terms terms, uint256 jurisdiction) internal pure returns (bool) {
        if (jurisdiction > 999) return false; // the four words end at 1,023
        return _word(terms, 0x180 + (jurisdiction >> 8 << 5)) >> (jurisdiction & 0xff) & 1 == 1;
    }

    // ----------------------------------------------------------------------------------------------- parties

    function holdingsPublisher(Terms terms) internal pure returns (address) {
        return address(uint160(_word(terms, 0x200)));
    }

    function proceedsTo(Terms terms) internal pure returns (address) {
        return address(uint160(_word(terms, 0x220)));
    }

    function unsoldTo(Terms terms) internal pure returns (address) {
        return address(uint160(_word(terms, 0x240)));
    }

    function feeTo(Terms terms) internal pure returns (address) {
        return address(uint160(_word(terms, 0x260)));
    }

    function feeBps(Terms terms) internal pure returns (uint256) {
        return _word(terms, 0x280);
    }

    // ----------------------------------------------------------------------------------------------- vesting

    function vestingStart(Terms terms) internal pure returns (uint256) {
        return _word(terms, 0x2a0);
    }

    function unlockBps(Terms terms) internal pure returns (uint256) {
        return _word(terms, 0x2c0);
    }

    function cliffSeconds(Terms terms) internal pure returns (uint256) {
        return _word(terms, 0x2e0);
    }

    function durationSeconds(Terms terms) internal pure returns (uint256) {
        return _word(terms, 0x300);
    }

    function stepSeconds(Terms terms) internal pure returns (uint256) {
        return _word(terms, 0x320);
    }

    // ---------------------------------------------------------------------------------------------- sessions

    // Words 26, 27 and 28 say where the lists start. Each is its length and then its rows: sessions of four words,
    // tiers of two, attesters of one, in that order. Offsets cannot overflow: code is shorter than 2^16 bytes.

    function sessionCount(Terms terms) internal pure returns (uint256) {
        return _word(terms, 0x3a0);
    }

    function sessionStart(Terms terms, uint256 session) internal pure returns (uint256) {
        return _word(terms, _offset(0x3c0, session, 7));
    }

    function sessionEnd(Terms terms, uint256 session) internal pure returns (uint256) {
        return _word(terms, _offset(0x3e0, session, 7));
    }

    function sessionSupply(Terms terms, uint256 session) internal pure returns (uint256) {
        return _word(terms, _offset(0x400, session, 7));
    }

    function sessionLimit(Terms terms, uint256 session) internal pure returns (uint256) {
        return _word(terms, _offset(0x420, session, 7));
    }

    /// @notice Tokens over all sessions.
    function supply(Terms terms) internal pure returns (uint256 sum) {
        uint256 count = sessionCount(terms);
        for (uint256 session; session < count; ++session) {
            sum += sessionSupply(terms, session);
        }
    }

    // ------------------------------------------------------------------------------------------------- tiers

    function tierCount(Terms terms) internal pure returns (uint256) {
        return _word(_tiers(terms), 0);
    }

    function threshold(Terms terms, uint256 tier) internal pure returns (uint256) {
        return _word(_tiers(terms), _offset(0x20, tier, 6));
    }

    function coefficient(Terms terms, uint256 tier) internal pure returns (uint256) {
        return _word(_tiers(terms), _offset(0x40, tier, 6));
    }

    /// @notice The highest tier whose threshold `holding` reaches. Where it reaches none, `coefficient_` is 0.
    function tierOf(Terms terms, uint256 holding) internal pure returns (uint256 tier, uint256 coefficient_) {
        Terms tiers = _tiers(terms);
        tier = _word(tiers, 0);
        while (tier != 0) {
            unchecked {
                --tier;
            }
            if (holding >= _word(tiers, _offset(0x20, tier, 6))) {
                return (tier, _word(tiers, _offset(0x40, tier, 6)));
            }
        }
    }

    // --------------------------------------------------------------------------------------------- attesters

    function attesterCount(Terms terms) internal pure returns (uint256) {
        return _word(_attesters(terms), 0);
    }

    function attester(Terms terms, uint256 index) internal pure returns (address) {
        return address(uint160(_word(_attesters(terms), _offset(0x20, index, 5))));
    }

    // ---------------------------------------------------------------------------------------------- reading

    function _tiers(Terms terms) private pure returns (Terms) {
        unchecked {
            return Terms.wrap(Terms.unwrap(terms) + _offset(0x3c0, sessionCount(terms), 7));
        }
    }

    function _attesters(Terms terms) private pure returns (Terms) {
        Terms tiers = _tiers(terms);
        unchecked {
            return Terms.wrap(Terms.unwrap(tiers) + _offset(0x20, _word(tiers, 0), 6));
        }
    }

    /// @dev The place of row `index` in rows of `2 ** shift` bytes.
    function _offset(uint256 first, uint256 index, uint256 shift) private pure returns (uint256) {
        unchecked {
            return first + (index << shift);
        }
    }

    function _word(Terms from, uint256 offset) private pure returns (uint256 value) {
        assembly ("memory-safe") {
            value := mload(add(from, offset))
        }
    }
}
