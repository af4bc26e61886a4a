// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.holdfast.http.message.Json;
import org.junit.jupiter.api.Test;

class HealthTest {

    @Test
    void healthHasItsMembersInThisOrder() {
        try (Json json = new Json()) {
            assertEquals("{\"status\":\"UP\"}", json.text(OpsRoom.Health.UP));
            assertEquals(
                    "{\"status\":\"UP\",\"members\":3,\"expected\":3,\"holds\":0,\"version\":\"1\",\"commit\":\"c\"}",
                    json.text(new OpsRoom.Health("UP", null, 3, 3, null, 0, "1", "c")));
            assertEquals(
                    "{\"status\":\"DOWN\",\"reason\":\"r\",\"members\":1,\"holds\":2,\"version\":\"1\",\"commit\":\"c\"}",
                    json.text(new OpsRoom.Health("DOWN", "r", 1, null, null, 2, "1", "c")));
        }
    }
}
