// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.camera;

import io.holdfast.cluster.StatelessMerge;
import org.jspecify.annotations.Nullable;

/** Joins the two sides of a camera after a split. Public because Hazelcast makes it from its class name. */
public final class CameraMerge extends StatelessMerge<Camera> {

    @Override
    protected Camera join(Camera merging, @Nullable Camera existing) {
        return Camera.join(merging, existing);
    }
}
