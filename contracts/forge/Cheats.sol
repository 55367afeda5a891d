// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice The cheat codes of forge that the tests use.
interface Cheats {
    function prank(address sender) external;
    function warp(uint256 time) external;
    function assume(bool condition) external pure;
    function expectRevert(bytes calldata data) external;
    function expectPartialRevert(bytes4 selector) external;
    function publicKeyP256(uint256 secret) external pure returns (uint256 x, uint256 y);
    function snapshotGasLastCall(string calldata name) external returns (uint256 gasUsed);
}

/// @notice What every test has.
abstract contract Tested {
    Cheats internal constant VM = Cheats(address(uint160(uint256(keccak256("hevm cheat code")))));

    /// @dev Order of P-256: secrets are below it.
    uint256 internal constant P256_ORDER =
        0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551;

    error Differs(string what, uint256 expected, uint256 got);
    error Fails(string what);

    function check(bool condition, string memory what) internal pure {
        if (!condition) revert Fails(what);
    }

    function same(uint256 expected, uint256 got, string memory what) internal pure {
        if (expected != got) revert Differs(what, expected, got);
    }

    function same(bytes32 expected, bytes32 got, string memory what) internal pure {
        if (expected != got) revert Differs(what, uint256(expected), uint256(got));
    }

    /// @notice Folds any value into a range, both ends included.
    function within(uint256 value, uint256 low, uint256 high) internal pure returns (uint256) {
        return low + value % (high - low + 1);
    }
}

/// @notice Tells forge to call one handler, and nothing else, in an invariant run.
abstract contract Invariant is Tested {
    address internal handler;

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = handler;
    }
}
