// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.jobs;

import com.hazelcast.aggregation.Aggregator;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map.Entry;

/**
 * Finds a page of jobs, by the time of their creation.
 *
 * @param wanted which jobs
 * @param found those found so far, in order; each aggregator has a list of its own and adds to it
 */
@SuppressWarnings("serial") // goes over the wire by its compact serializer
record JobPage(Wanted wanted, List<Job> found) implements Aggregator<Entry<String, Job>, List<Job>> {
    private static final Comparator<Job> ORDER =
            Comparator.<Job>comparingLong(job -> job.request().created()).thenComparing(Job::id);

    /**
     * Which jobs are on the page.
     *
     * @param queue those of this queue; empty for all queues
     * @param state those in this state; empty for any state
     * @param afterTime those that were created after that time
     * @param afterId also those created at that time whose name is greater than this
     * @param over but not those that ended before that time
     * @param limit how many jobs
     */
    record Wanted(String queue, String state, long afterTime, String afterId, long over, int limit) {

        private boolean has(Job job) {
            long created = job.request().created();
            return (queue.isEmpty() || queue.equals(job.queue()))
                    && (state.isEmpty() || state.equals(job.state().name()))
                    && (created > afterTime || (created == afterTime && job.id().compareTo(afterId) > 0))
                    && !job.hasLongEnded(over, 0);
        }
    }

    JobPage {
        found = new ArrayList<>(found);
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
