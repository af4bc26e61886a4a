// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
/**
 * Hard limits on what the maps of the cluster hold. The member that owns an entry decides whether it may come into being or grow, before
 * anything is stored, because no other member knows at that moment how much the owner holds.
 */
@NullMarked
package io.holdfast.cluster.limit;

import org.jspecify.annotations.NullMarked;
