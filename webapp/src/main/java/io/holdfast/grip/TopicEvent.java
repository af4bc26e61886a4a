// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.grip;

import io.holdfast.grip.item.Item;
import org.jspecify.annotations.Nullable;

/**
 * An event of a topic, as the requests that are held on it receive it.
 *
 * @param topic the name of the topic
 * @param item the published item; null if one may have been missed, so that the backend must be asked
 */
record TopicEvent(String topic, @Nullable Item item) {}
