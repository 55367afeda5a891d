// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Points of the curve NIST P-256 (secp256r1)
library P256 {
    /// @dev The field's prime, SEC 2 version 2.0, section 2.4.2. The curve is y^2 = x^3 - 3x + B.
    uint256 private constant P = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffff;
    uint256 private constant B = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b;

    /// @notice Whether (x, y) is an affine point of the curve with reduced coordinates.
    /// @dev The group has prime order, so every such point is a valid public key. (0, 0), the usual
    /// spelling of infinity, is not on the curve because B is not zero.
    function isOnCurve(uint256 x, uint256 y) internal pure returns (bool) {
        if (x >= P || y >= P) return false;
        uint256 square = mulmod(x, x, P);
        uint256 right = addmod(mulmod(addmod(square, P - 3, P), x, P), B, P);
        return mulmod(y, y, P) == right;
    }
}
