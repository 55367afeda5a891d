// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IOwned} from "./IOwned.sol";

/// @title The newest version of every status list
/// @notice A status list token is published off chain; its digest stands here, so that nobody can be
/// shown an old list as the newest, and two people cannot be shown different lists of one version.
interface IStatusRegistry is IOwned {
    /// @notice A version of a list was published.
    event StatusPublished(
        bytes32 indexed statusList, uint64 indexed version, bytes32 digest, uint64 time
    );
    /// @notice Who may publish changed.
    event PublisherChanged(address indexed publisher, uint64 time);

    /// @notice A list's id is zero, which stands for "none".
    error EmptyIdentifier();
    error EmptyDigest(bytes32 statusList);
    error NotPublisher(address caller);
    /// @notice The version is not the next one: a duplicate, a step back or a gap.
    error VersionMismatch(bytes32 statusList, uint64 expected, uint64 given);

    /// @notice Who may publish.
    function publisher() external view returns (address);

    /// @notice Changes who may publish. Owner only.
    function setPublisher(address newPublisher) external;

    /// @notice Publishes the next version of a list. Publisher only.
    /// @param statusList 32-byte id, not zero
    /// @param version exactly one more than the newest; the first is 1
    /// @param digest SHA-256 of the status list token, not zero
    function publish(bytes32 statusList, uint64 version, bytes32 digest) external;

    /// @return version newest version; zero if none was published
    /// @return time when it was published
    /// @return digest SHA-256 of its token
    function newest(bytes32 statusList)
        external
        view
        returns (uint64 version, uint64 time, bytes32 digest);
}
