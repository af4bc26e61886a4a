// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.channel;

/** The contract on a member that is alone. */
class ChannelsOnOneMemberIT extends Contracted {

    ChannelsOnOneMemberIT() {
        super(1);
    }
}
