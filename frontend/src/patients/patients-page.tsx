import { type SubmitEvent, useState } from "react";
import { Link, useNavigate, useSearchParams } from "react-router";
import { useMayWrite } from "../session/session";
import { Empty, Failure, Loading } from "../ui/async-state";
import { formText } from "../ui/form-text";
import { Dialog } from "../ui/dialog";
import { calendarDate } from "../ui/format";
import { LoadMore } from "../ui/load-more";
import { usePageTitle } from "../ui/page-title";
import { TableFrame } from "../ui/table-frame";
import { Timestamp } from "../ui/timestamp";
import { PatientForm } from "./patient-form";
import { useCreatePatient, usePatients } from "./queries";

/** The list of patients: search, page, create. */
export function PatientsPage() {
  usePageTitle("Patients");
  const [params, setParams] = useSearchParams();
  const search = params.get("q") ?? "";
  const [isCreating, setCreating] = useState(false);
  const mayWrite = useMayWrite();
  return (
    <section>
      <div className="title-row">
        <h1>Patients</h1>
        {mayWrite && (
          <button type="button" className="button primary" onClick={() => setCreating(true)}>
            New patient
          </button>
        )}
      </div>
      <SearchForm search={search} onSearch={(q) => setParams(q ? { q } : {})} />
      <PatientTable search={search} />
      {isCreating && <CreateDialog onClose={() => setCreating(false)} />}
    </section>
  );
}

function SearchForm({ search, onSearch }: { search: string; onSearch: (search: string) => void }) {
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    onSearch(formText(new FormData(event.currentTarget), "q").trim());
  };
  return (
    <form key={search} onSubmit={submit} className="search">
      <input type="search" name="q" defaultValue={search} aria-label="Search" placeholder="Name or record number" />
      <button type="submit" className="button">
        Search
      </button>
    </form>
  );
}

function PatientTable({ search }: { search: string }) {
  const patients = usePatients(search);
  if (patients.isPending) return <Loading what="patients" />;
  if (patients.isError) return <Failure error={patients.error} retry={patients.refetch} />;
  if (patients.items.length === 0) {
    return <Empty>{search ? `No patient matches “${search}”.` : "There are no patients yet."}</Empty>;
  }
  return (
    <>
      <TableFrame>
        <table>
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col">Record number</th>
              <th scope="col">Born</th>
              <th scope="col">Sex</th>
              <th scope="col">Added</th>
            </tr>
          </thead>
          <tbody>
            {patients.items.map((patient) => (
              <tr key={patient.id}>
                <td>
                  <Link to={`/patients/${patient.id}`}>
                    {patient.family_name}, {patient.given_name}
                  </Link>
                </td>
                <td>{patient.medical_record_number}</td>
                <td>{patient.birth_date ? calendarDate(patient.birth_date) : "—"}</td>
                <td>{patient.sex}</td>
                <td>
                  <Timestamp value={patient.created_at} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </TableFrame>
      <LoadMore {...patients} />
    </>
  );
}

function CreateDialog({ onClose }: { onClose: () => void }) {
  const navigate = useNavigate();
  const create = useCreatePatient((patient) => void navigate(`/patients/${patient.id}`));
  return (
    <Dialog title="New patient" onClose={onClose}>
      <PatientForm
        error={create.error}
        isPending={create.isPending}
        submitLabel="Create patient"
        onSubmit={(values) => create.mutate(values)}
      />
    </Dialog>
  );
}
