// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.cluster.join;

import com.hazelcast.config.Config;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.instance.impl.DefaultNodeContext;
import com.hazelcast.instance.impl.DefaultNodeExtension;
import com.hazelcast.instance.impl.HazelcastInstanceFactory;
import com.hazelcast.instance.impl.Node;
import com.hazelcast.instance.impl.NodeExtension;
import com.hazelcast.internal.cluster.impl.ConfigMismatchException;
import com.hazelcast.internal.cluster.impl.JoinMessage;
import com.hazelcast.internal.cluster.impl.JoinRequest;

/**
 * Lets a member join only if its wire version is that of this one. Steps run on the owner of an entry and on its backups, and must do
 * the same there.
 */
public final class JoinCheck extends DefaultNodeContext {
    /** Raised whenever the meaning of a step changes, or the form of what members send each other or store. */
    private static final String VERSION = "2";

    /** The attribute of a member that is its wire version. */
    static final String ATTRIBUTE = "holdfast.wire";

    private final String version;

    private JoinCheck(String version) {
        this.version = version;
    }

    /** Gives the member of this configuration the wire version of this archive. */
    public static void addTo(Config config) {
        config.getMemberAttributeConfig().setAttribute(ATTRIBUTE, VERSION);
    }

    /** Starts a member that checks those that join it. */
    public static HazelcastInstance start(Config config) {
        return start(config, VERSION);
    }

    /** Starts a member that takes those of that version. */
    static HazelcastInstance start(Config config, String version) {
        return HazelcastInstanceFactory.newHazelcastInstance(config, config.getInstanceName(), new JoinCheck(version));
    }

    @Override
    public NodeExtension createNodeExtension(Node node) {
        return new Checking(node, version);
    }

    private static final class Checking extends DefaultNodeExtension {
        private final String version;

        Checking(Node node, String version) {
            super(node);
            this.version = version;
        }

        @Override
        public void validateJoinRequest(JoinMessage message) {
            super.validateJoinRequest(message);
            if (!(message instanceof JoinRequest request)) return;
            String theirs = request.getAttributes().get(ATTRIBUTE);
            if (!version.equals(theirs))
                throw new ConfigMismatchException("The member at " + request.getAddress()
                        + " cannot join: its version of Holdfast has "
                        + (theirs == null ? "no wire version" : "the wire version " + theirs)
                        + ", the members of the cluster have " + version
                        + ". Stop all members, and start them with one version.");
        }
    }
}
