// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.servers;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/** A view into the JVM of a server, by JMX. */
final class Inside implements AutoCloseable {
    private final JMXConnector connector;
    private final MBeanServerConnection beans;

    private Inside(JMXConnector connector) throws IOException {
        this.connector = connector;
        this.beans = connector.getMBeanServerConnection();
    }

    @SuppressWarnings("BanJNDI") // the address comes from a process that the test has started
    static Inside of(ProcessHandle process) throws Exception {
        VirtualMachine machine = VirtualMachine.attach(Long.toString(process.pid()));
        try {
            return new Inside(JMXConnectorFactory.connect(new JMXServiceURL(machine.startLocalManagementAgent())));
        } finally {
            machine.detach();
        }
    }

    /** The threads and beans of Holdfast, and the names of the Hazelcast members with threads or beans. Payara has a member of its own. */
    Set<String> traces() throws Exception {
        Set<String> traces = new TreeSet<>();
        var threads = ManagementFactory.newPlatformMXBeanProxy(
                beans, ManagementFactory.THREAD_MXBEAN_NAME, java.lang.management.ThreadMXBean.class);
        for (var thread : threads.getThreadInfo(threads.getAllThreadIds()))
            if (thread != null && thread.getThreadName().startsWith("holdfast-"))
                traces.add("thread " + thread.getThreadName());
            else if (thread != null && thread.getThreadName().startsWith("hz."))
                traces.add("member " + thread.getThreadName().split("\\.", 3)[1]);
        for (ObjectName bean : beans.queryNames(new ObjectName("io.holdfast*:*"), null)) traces.add("bean " + bean);
        for (ObjectName bean : beans.queryNames(new ObjectName("com.hazelcast*:*"), null))
            traces.add("member " + bean.getKeyProperty("instance"));
        return traces;
    }

    /** How many class loaders with Holdfast's classes are left after a collection. */
    long deployments() throws Exception {
        collect();
        return diagnose("vmClassloaders", "show-classes")
                .lines()
                .filter(line -> line.strip().replaceFirst("^[| +-]*", "").equals("io.holdfast.boot.Holdfast"))
                .count();
    }

    /** Writes every reachable object to that file, where the cause of a leak can be found. */
    void dump(Path file) throws Exception {
        Files.deleteIfExists(file);
        ManagementFactory.getPlatformMXBean(beans, HotSpotDiagnosticMXBean.class)
                .dumpHeap(file.toString(), true);
    }

    /** Bytes of class data, after a collection. */
    long metaspace() throws Exception {
        collect();
        for (MemoryPoolMXBean pool : ManagementFactory.getPlatformMXBeans(beans, MemoryPoolMXBean.class))
            if (pool.getName().equals("Metaspace")) return pool.getUsage().getUsed();
        throw new IllegalStateException("no metaspace");
    }

    /** Collects twice, because an object with a finalizer survives the first time. */
    private void collect() throws Exception {
        for (int i = 0; i < 2; i++) {
            diagnose("gcRun");
            diagnose("gcRunFinalization");
        }
    }

    private String diagnose(String command, String... arguments) throws Exception {
        boolean bare = List.of("gcRun", "gcRunFinalization").contains(command);
        return (String) beans.invoke(
                new ObjectName("com.sun.management:type=DiagnosticCommand"),
                command,
                bare ? null : new Object[] {arguments},
                bare ? null : new String[] {String[].class.getName()});
    }

    @Override
    public void close() throws IOException {
        connector.close();
    }
}
