// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title The rules that terms must respect for a sale to open.
/// @notice Each is what some later line relies on: sums that fit their storage, divisors that are not 0, windows in
/// order, receivers that exist. Stateless, so that anyone can ask before a sale is made.
interface ITermsRules {
    /// @notice A field of the terms breaks a rule; `given` is what it says, `bound` what it had to respect. For list
    /// fields the first offending row counts. Addresses are given as numbers.
    error TermsRules_Invalid(bytes32 field, uint256 given, uint256 bound);

    /// @notice The bytes decode, but are not the standard encoding of what they decode to. Hashes of the two.
    error TermsRules_NotCanonical(bytes32 given, bytes32 canonical);

    /// @notice Checks the terms of `sale`, a sale on this chain.
    /// @param encoding `abi.encode(SaleTerms)`.
    /// @return supply Tokens over all sessions.
    function check(bytes calldata encoding, address sale) external view returns (uint256 supply);
}
