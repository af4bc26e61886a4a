// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.servers;

import java.net.URI;
import java.util.Map;
import java.util.Objects;

/** The two members of the server kind that this run is about. */
final class Shipped {
    private static final Map<String, Layout[]> KINDS = Map.of(
            "tomcat10", new Layout[] {Layouts.TOMCAT10_A, Layouts.TOMCAT10_B},
            "tomcat11", new Layout[] {Layouts.TOMCAT11_A, Layouts.TOMCAT11_B},
            "wildfly", new Layout[] {Layouts.WILDFLY_A, Layouts.WILDFLY_B},
            "payara", new Layout[] {Layouts.PAYARA_A, Layouts.PAYARA_B});

    private Shipped() {}

    static URI a() {
        return base(layouts()[0]);
    }

    static URI b() {
        return base(layouts()[1]);
    }

    static URI base(Layout layout) {
        return URI.create("http://127.0.0.1:" + layout.http() + "/holdfast/");
    }

    private static Layout[] layouts() {
        return Objects.requireNonNull(KINDS.get(System.getProperty("servers.server")));
    }
}
