// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title One owner, handed over in two steps
/// @notice The owner may be a multisig or any other contract. There is no way to give the ownership
/// up: a registry without an owner could never withdraw anything again.
interface IOwned {
    /// @notice An owner offered the ownership; a zero `newOwner` takes an earlier offer back.
    event OwnershipOffered(address indexed owner, address indexed newOwner);
    /// @notice The ownership changed hands.
    event OwnershipTransferred(address indexed previousOwner, address indexed newOwner);

    /// @notice The caller is not the owner.
    error NotOwner(address caller);
    /// @notice The caller was not offered the ownership.
    error NotOffered(address caller);
    /// @notice An address that must be somebody's is zero.
    error ZeroAddress();

    /// @notice Who may do what only the owner may.
    function owner() external view returns (address);

    /// @notice Who was offered the ownership; zero if nobody was.
    function pendingOwner() external view returns (address);

    /// @notice Offers the ownership. Nothing changes until the other side accepts, so that a
    /// mistyped address cannot lock the contract.
    /// @param newOwner who may accept; zero takes an earlier offer back
    function offerOwnership(address newOwner) external;

    /// @notice Takes over the ownership that was offered to the caller.
    function acceptOwnership() external;
}
