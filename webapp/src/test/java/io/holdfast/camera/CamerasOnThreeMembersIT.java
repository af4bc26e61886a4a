// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.camera;

import io.holdfast.testing.Http;
import io.holdfast.testing.Members;
import io.holdfast.testing.Users;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/** The contract where users ask, cameras poll and cameras deliver at three different members. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CamerasOnThreeMembersIT extends CameraContract {
    private Members members = Members.start(0, Map.of());

    @BeforeAll
    void start() {
        members = Members.start(3, Map.of("camera.again", "2s"), Users.of("USER", "PASS"));
    }

    @AfterAll
    void stop() {
        members.close();
    }

    @Override
    protected Http user() {
        return members.get(0).http();
    }

    @Override
    protected Http camera() {
        return members.get(1).http();
    }

    @Override
    protected Http delivery() {
        return members.last().http();
    }
}
