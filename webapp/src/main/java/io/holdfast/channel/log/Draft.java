// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.channel.log;

/**
 * An event that is to be published.
 *
 * @param type the publisher's name for its type; empty if the publisher gave none
 * @param contentType the media type of the data
 * @param data the bytes; shared, never changed
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
public record Draft(String type, String contentType, byte[] data) {}
