// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IOwned} from "./IOwned.sol";

/// @title Who may issue which credentials, with which keys, and when that was so
/// @notice Issuers and credential types are known by 32-byte hashes of their public names. Nothing
/// about a person is ever written here. History is never rewritten: an act at a block's time opens
/// or closes a period, and its event is the record.
interface IIssuerRegistry is IOwned {
    /// @notice How a period ended.
    /// @dev `None`: it lasts. `Orderly`: what was done before the end stays good. `Compromised`:
    /// nothing that was done in the period is believed any more.
    enum Ending {
        None,
        Orderly,
        Compromised
    }

    event IssuerRegistered(bytes32 indexed issuer, uint64 time);
    event IssuerSuspended(bytes32 indexed issuer, uint64 time);
    event IssuerResumed(bytes32 indexed issuer, uint64 time);
    event Accredited(bytes32 indexed issuer, bytes32 indexed credentialType, uint64 time);
    /// @notice An accreditation ended. A second event of the same period, from `Orderly` to
    /// `Compromised`, changes how it ended and not when.
    event AccreditationWithdrawn(
        bytes32 indexed issuer, bytes32 indexed credentialType, Ending ending, uint64 time
    );
    event KeyAdded(
        bytes32 indexed issuer, bytes32 indexed keyId, bytes32 x, bytes32 y, uint64 time
    );
    /// @notice A key ended. A second event, from `Orderly` to `Compromised`, changes how it ended
    /// and not when.
    event KeyEnded(bytes32 indexed issuer, bytes32 indexed keyId, Ending ending, uint64 time);

    /// @notice An identifier is zero, which stands for "none".
    error EmptyIdentifier();
    /// @notice An end was asked for without saying how.
    error EndingMissing();
    error IssuerUnknown(bytes32 issuer);
    error IssuerAlreadyRegistered(bytes32 issuer);
    error IssuerAlreadySuspended(bytes32 issuer);
    error IssuerNotSuspended(bytes32 issuer);
    error AlreadyAccredited(bytes32 issuer, bytes32 credentialType);
    error NotAccredited(bytes32 issuer, bytes32 credentialType);
    /// @notice The newest accreditation ended before, in a way that this act cannot change.
    error AccreditationAlreadyEnded(bytes32 issuer, bytes32 credentialType, Ending ending);
    error KeyNotOnCurve(bytes32 x, bytes32 y);
    /// @notice The key was added before, by `issuer`; keys are never used again, by nobody.
    error KeyAlreadyUsed(bytes32 keyId, bytes32 issuer, Ending ending);
    error KeyUnknown(bytes32 issuer, bytes32 keyId);
    /// @notice The key ended before, in a way that this act cannot change.
    error KeyAlreadyEnded(bytes32 keyId, Ending ending);

    /// @notice Enters an issuer. Owner only.
    function register(bytes32 issuer) external;

    /// @notice Stops an issuer for the time being: what it issues from now on is not believed.
    /// Owner only.
    function suspend(bytes32 issuer) external;

    /// @notice Ends a suspension. Owner only.
    function resume(bytes32 issuer) external;

    /// @notice Lets an issuer issue a credential type from now on. Owner only. After a withdrawal
    /// this opens a new period.
    function accredit(bytes32 issuer, bytes32 credentialType) external;

    /// @notice Ends the newest accreditation for a type, or turns its orderly end into a
    /// compromised one. Owner only.
    function withdraw(bytes32 issuer, bytes32 credentialType, Ending ending) external;

    /// @notice Adds an ES256 key from now on. Owner only. Several keys may be good at a time, so
    /// that a replacement can overlap.
    /// @param x big-endian affine coordinate on P-256
    /// @param y big-endian affine coordinate on P-256
    function addKey(bytes32 issuer, bytes32 x, bytes32 y) external;

    /// @notice Ends a key: `Orderly` when it is replaced, `Compromised` when it can no longer be
    /// believed; or turns its orderly end into a compromised one. Owner only.
    function endKey(bytes32 issuer, bytes32 x, bytes32 y, Ending ending) external;

    /// @return registeredAt zero if the issuer is unknown
    /// @return suspendedSince zero if the issuer is not suspended
    function issuerState(bytes32 issuer)
        external
        view
        returns (uint64 registeredAt, uint64 suspendedSince);

    /// @return start of the newest period; zero if there never was one
    /// @return end zero while it lasts
    /// @return ending `None` while it lasts
    function accreditation(bytes32 issuer, bytes32 credentialType)
        external
        view
        returns (uint64 start, uint64 end, Ending ending);

    /// @param keyId keccak256 of x | y
    /// @return issuer zero if the key was never added
    /// @return start when it was added
    /// @return end zero while it lasts
    /// @return ending `None` while it lasts
    function keyState(bytes32 keyId)
        external
        view
        returns (bytes32 issuer, uint64 start, uint64 end, Ending ending);
}
