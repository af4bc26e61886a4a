// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.grip;

import io.holdfast.grip.item.Item;
import org.jspecify.annotations.Nullable;

/**
 * What those who are held on a topic are told.
 *
 * @param topic which
 * @param item what was published; null if the backend must be asked what there is
 */
record News(String topic, @Nullable Item item) {}
