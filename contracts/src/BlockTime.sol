// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title The time of the block, checked once and packed
/// @notice Zero stands for "never" in every stored period, and readers write times with four-digit
/// years: a block outside of that range would be recorded as something it is not.
library BlockTime {
    /// @notice 10000-01-01T00:00:00Z, the first second that has no four-digit year.
    uint256 internal constant END = 253_402_300_800;

    /// @notice The block's time is zero or has no four-digit year.
    error BlockTimeOutOfRange(uint256 time);

    /// @return time seconds since 1970-01-01T00:00:00Z, never zero
    function current() internal view returns (uint64 time) {
        if (block.timestamp == 0 || block.timestamp >= END) {
            revert BlockTimeOutOfRange(block.timestamp);
        }
        // The check above bounds the value far below 2^64.
        return uint64(block.timestamp);
    }
}
