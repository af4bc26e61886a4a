// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.channel;

/** The contract on three members: readers at one, publishers at another. */
class ChannelsOnThreeMembersIT extends Contracted {

    ChannelsOnThreeMembersIT() {
        super(3);
    }
}
