// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.jobs;

import com.hazelcast.aggregation.Aggregator;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map.Entry;

/** Finds a page of jobs, by the time they were created. */
@SuppressWarnings("serial") // goes over the wire by its compact serializer
final class JobPage implements Aggregator<Entry<String, Job>, List<Job>> {
    private static final Comparator<Job> ORDER =
            Comparator.<Job>comparingLong(job -> job.request().created()).thenComparing(Job::id);

    private final Wanted wanted;
    private final List<Job> found;

    /**
     * Which jobs.
     *
     * @param queue of which queue; empty for all
     * @param state in which state; empty for any
     * @param afterTime after those that were created then
     * @param afterId and, of those that were created at the same time, after this
     * @param over not those that have ended before then
     * @param limit how many
     */
    record Wanted(String queue, String state, long afterTime, String afterId, long over, int limit) {

        boolean has(Job job) {
            long created = job.request().created();
            return (queue.isEmpty() || queue.equals(job.queue()))
                    && (state.isEmpty() || state.equals(job.state().name()))
                    && (created > afterTime || (created == afterTime && job.id().compareTo(afterId) > 0))
                    && !job.isOver(over, 0);
        }
    }

    JobPage(Wanted wanted, List<Job> found) {
        this.wanted = wanted;
        this.found = new ArrayList<>(found);
    }

    Wanted wanted() {
        return wanted;
    }

    List<Job> found() {
        return found;
    }

    @Override
    public void accumulate(Entry<String, Job> entry) {
        if (wanted.has(entry.getValue())) add(entry.getValue());
    }

    private void add(Job job) {
        if (found.size() == wanted.limit() && ORDER.compare(job, found.get(found.size() - 1)) > 0) return;
        int place = found.size();
        while (place > 0 && ORDER.compare(found.get(place - 1), job) > 0) place--;
        found.add(place, job.summary());
        if (found.size() > wanted.limit()) found.remove(found.size() - 1);
    }

    @Override
    @SuppressWarnings("rawtypes") // as Hazelcast declares it
    public void combine(Aggregator other) {
        ((JobPage) other).found.forEach(this::add);
    }

    @Override
    public List<Job> aggregate() {
        return found;
    }
}
