// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.drain;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import javax.management.InstanceAlreadyExistsException;
import javax.management.JMException;
import javax.management.ObjectName;
import javax.management.StandardMBean;
import org.jspecify.annotations.Nullable;

/** Registers the drain with JMX. */
final class DrainBean implements DrainControl, AutoCloseable {
    private static final Logger LOG = System.getLogger(DrainBean.class.getName());

    private final Drain drain;
    private @Nullable ObjectName name;

    private DrainBean(Drain drain) {
        this.drain = drain;
    }

    /** Registers it. Where another deployment has that name, such as on another virtual host, it does without. */
    static DrainBean register(Drain drain, String context) {
        DrainBean bean = new DrainBean(drain);
        try {
            ObjectName name = new ObjectName("io.holdfast:type=Drain,context=" + ObjectName.quote(context));
            ManagementFactory.getPlatformMBeanServer()
                    .registerMBean(new StandardMBean(bean, DrainControl.class, false), name);
            bean.name = name;
        } catch (InstanceAlreadyExistsException e) {
            LOG.log(
                    Level.WARNING,
                    () -> "The drain is not in JMX, because another deployment has the context " + context);
        } catch (JMException e) {
            throw new IllegalStateException("The JMX bean cannot be registered: " + e.getMessage(), e);
        }
        return bean;
    }

    @Override
    public String getState() {
        return drain.state().toString();
    }

    @Override
    public int getHolds() {
        return drain.progress().holds();
    }

    @Override
    public void drain() {
        drain.begin();
    }

    @Override
    public void drainWithin(long milliseconds) {
        drain.begin(Duration.ofMillis(Math.max(0, milliseconds)));
    }

    @Override
    public void drainBehind(Runnable door) {
        drain.begin(door);
    }

    @Override
    public boolean takeBack() {
        return drain.takeBack();
    }

    @Override
    public void close() {
        if (name == null) return;
        try {
            ManagementFactory.getPlatformMBeanServer().unregisterMBean(name);
        } catch (JMException e) {
            throw new IllegalStateException("The JMX bean cannot be removed: " + e.getMessage(), e);
        }
    }
}
