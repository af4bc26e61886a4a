// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.servers;

/** Every server that runs in a test, each with a number of its own. */
final class Layouts {
    static final Layout TOMCAT10_A = new Layout("tomcat10-a", 0);
    static final Layout TOMCAT10_B = new Layout("tomcat10-b", 1);
    static final Layout TOMCAT11_A = new Layout("tomcat11-a", 2);
    static final Layout TOMCAT11_B = new Layout("tomcat11-b", 3);
    static final Layout WILDFLY_A = new Layout("wildfly-a", 4);
    static final Layout WILDFLY_B = new Layout("wildfly-b", 5);
    static final Layout PAYARA_A = new Layout("payara-a", 6);
    static final Layout PAYARA_B = new Layout("payara-b", 7);
    /** The domain that comes with Payara: it takes the shipped settings, and the others are copies of it. */
    static final Layout PAYARA_BASE = new Layout("domain1", 9);

    // Those that tests start themselves. Their ports are those of the ones above, which do not run meanwhile.
    static final Layout TOMCAT = new Layout("tomcat", 0);
    static final Layout TOMCAT11 = new Layout("tomcat11", 2);
    static final Layout TOMCAT_BY_THE_PAGE = new Layout("tomcat-page", 8);
    static final Layout WILDFLY = new Layout("wildfly", 4);
    static final Layout PAYARA = new Layout("payara", 6);

    private Layouts() {}
}
