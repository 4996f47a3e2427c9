import { NotFoundPage } from "@/features/site/not-found-page";

export default NotFoundPage;
